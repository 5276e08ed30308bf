create table alarm_rules (
  id integer generated always as identity primary key,
  version integer not null default 1,
  kind text not null check (kind in ('threshold', 'communication_loss')),
  device_id integer not null references devices on delete cascade,
  tag_id integer references tags on delete cascade,
  -- up to four rules on a tag
  slot smallint check (slot between 1 and 4),
  label text not null default 'Custom',
  name text not null check (length(name) between 1 and 200),
  severity text not null check (severity in ('info', 'warning', 'critical')),
  enabled boolean not null default true,
  auto_close boolean not null default false,
  cooldown_minutes integer not null default 30 check (cooldown_minutes >= 0),
  operator text check (operator in ('>', '>=', '<', '<=', '=', '!=')),
  setpoint double precision check (setpoint = setpoint),
  deadband double precision not null default 0 check (deadband >= 0 and deadband = deadband),
  on_delay_seconds double precision not null default 0 check (on_delay_seconds >= 0),
  off_delay_seconds double precision not null default 0 check (off_delay_seconds >= 0),
  unique (tag_id, slot),
  check ((kind = 'threshold') = (tag_id is not null and slot is not null and operator is not null and setpoint is not null))
);
create unique index alarm_rules_comm on alarm_rules (device_id) where kind = 'communication_loss';

-- the communication alarm of a device follows the device: its time-out and severity are columns there
create function keep_communication_rule() returns trigger language plpgsql as $$
begin
  if new.comm_timeout_seconds is null then
    delete from alarm_rules where device_id = new.id and kind = 'communication_loss';
  elsif tg_op = 'INSERT' then
    insert into alarm_rules (kind, device_id, name, severity) values ('communication_loss', new.id, 'Communication lost', new.comm_severity);
  elsif (new.comm_timeout_seconds, new.comm_severity) is distinct from (old.comm_timeout_seconds, old.comm_severity) then
    insert into alarm_rules (kind, device_id, name, severity) values ('communication_loss', new.id, 'Communication lost', new.comm_severity)
    on conflict (device_id) where kind = 'communication_loss'
      do update set severity = excluded.severity, version = alarm_rules.version + 1;
  end if;
  return null;
end $$;
create trigger devices_communication_rule after insert or update on devices for each row execute function keep_communication_rule();
create trigger alarm_rules_config after insert or update or delete on alarm_rules for each statement execute function bump_config_version();

create table alarm_events (
  id bigint generated always as identity primary key,
  display_number integer not null,
  rule_id integer references alarm_rules on delete set null,
  rule_version integer not null,
  kind text not null,
  -- copied at the raise, so that later renames and removals do not rewrite history
  device_id integer not null,
  device_code text not null,
  tag_id integer,
  tag_name text,
  unit text not null default '',
  name text not null,
  severity text not null,
  operator text,
  setpoint double precision,
  raised_at timestamptz not null,
  value_at_raise double precision,
  cleared_at timestamptz,
  value_at_clear double precision,
  acknowledged_at timestamptz,
  acknowledged_by text,
  attribution jsonb,
  comment text,
  closed_at timestamptz,
  late boolean not null default false,
  -- the measured path
  received_at timestamptz,
  committed_at timestamptz not null default now(),
  unique (rule_id, raised_at)
);
create index alarm_events_open on alarm_events (raised_at) where closed_at is null;
-- a number is not reused while its alarm is open
create unique index alarm_events_number on alarm_events (display_number) where closed_at is null;
create index alarm_events_rule_open on alarm_events (rule_id) where closed_at is null;
create index alarm_events_history on alarm_events (raised_at desc, id desc);
create index alarm_events_device on alarm_events (device_id, raised_at desc);

-- everything said about an alarm, oldest first; the one given with the acknowledgement stands in its row as well
create table alarm_comments (
  id bigint generated always as identity primary key,
  alarm_event_id bigint not null references alarm_events on delete cascade,
  at timestamptz not null,
  who text not null,
  body text not null check (length(body) between 1 and 2000)
);
create index alarm_comments_event on alarm_comments (alarm_event_id);

-- the condition axis of each rule, as the engine left it
create table alarm_states (
  rule_id integer primary key references alarm_rules on delete cascade,
  condition text not null,
  since timestamptz,
  event_id bigint references alarm_events on delete set null,
  state jsonb not null default '{}'
) with (fillfactor = 50);

-- what the engine remembers of each tag and device of a source (newest timestamps, last good values), as of its delivery `seq`;
-- after a crash the deliveries from here to the watermark are read again into memory only
create table alarm_memory (
  source text primary key,
  seq bigint not null,
  body bytea not null
);
alter table alarm_memory alter column body set storage external;

-- one intent per transition, for notify
create table outbox (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('raised', 'cleared', 'acknowledged', 'system')),
  alarm_event_id bigint references alarm_events on delete cascade,
  body jsonb not null default '{}',
  created_at timestamptz not null default now(),
  lease_owner text,
  lease_until timestamptz,
  done_at timestamptz
);
create index outbox_open on outbox (id) where done_at is null;
