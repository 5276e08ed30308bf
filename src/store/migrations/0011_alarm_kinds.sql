-- Every kind of rule, operating curves, virtual tags, suppression, and the history of device states.

create table curves (
  id integer generated always as identity primary key,
  name text not null check (length(name) between 1 and 200),
  x_unit text not null default '',
  y_unit text not null default '',
  -- [[x, y], …] by ascending x
  points jsonb not null,
  tolerance double precision not null check (tolerance >= 0 and tolerance = tolerance),
  percent boolean not null default false,
  version integer not null default 1
);
create unique index curves_name on curves (lower(name));
create trigger curves_config after insert or update or delete on curves for each statement execute function bump_config_version();

alter table tags
  -- of a virtual tag: what it is computed from; empty for one that is read from its device
  add column formula text not null default '' check (length(formula) <= 4096);
alter table devices
  -- so many failed polls in a row are an alarm; null switches it off
  add column poll_streak integer check (poll_streak >= 1);

alter table alarm_rules
  drop constraint alarm_rules_kind_check,
  drop constraint alarm_rules_check,
  add column category text not null default '' check (length(category) <= 200),
  add column latch boolean not null default false,
  add column bit smallint check (bit between 0 and 63),
  add column transition_only boolean not null default false,
  add column window_seconds double precision check (window_seconds between 1 and 2678400),
  add column modulus double precision check (modulus > 0),
  add column target double precision check (target = target),
  add column curve_id integer references curves on delete restrict,
  -- the other axis of a curve
  add column x_tag_id integer references tags on delete cascade,
  -- while this tag is on, the rule is suppressed by design
  add column suppress_tag_id integer references tags on delete set null,
  add constraint alarm_rules_kind_check check (kind in ('threshold', 'digital', 'totalizer', 'rate_of_change', 'deviation', 'out_of_band', 'curve',
    'stale', 'bad_quality', 'communication_loss', 'poll_streak')),
  add constraint alarm_rules_place check ((kind in ('communication_loss', 'poll_streak')) = (tag_id is null)),
  add constraint alarm_rules_numbers check (tag_id is null or (slot is not null and operator is not null and setpoint is not null)),
  add constraint alarm_rules_curve check ((kind = 'curve') = (curve_id is not null) and (kind = 'curve') = (x_tag_id is not null));
create unique index alarm_rules_streak on alarm_rules (device_id) where kind = 'poll_streak';

-- the alarms of a device follow the device: their numbers and their severity are columns there
create or replace function keep_communication_rule() returns trigger language plpgsql as $$
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
  if new.poll_streak is null then
    delete from alarm_rules where device_id = new.id and kind = 'poll_streak';
  elsif tg_op = 'INSERT' or (new.poll_streak, new.comm_severity) is distinct from (old.poll_streak, old.comm_severity) then
    insert into alarm_rules (kind, device_id, name, severity) values ('poll_streak', new.id, 'Polls fail', new.comm_severity)
    on conflict (device_id) where kind = 'poll_streak'
      do update set severity = excluded.severity, version = alarm_rules.version + 1;
  end if;
  return null;
end $$;

-- a formula names its tags; when one gets another name, or its device another code, every formula follows
create index tags_formula on tags (id) where formula <> '';
create function follow_names() returns trigger language plpgsql as $$
declare change record;
begin
  if not exists (select from tags where formula <> '') then
    return null;
  end if;
  for change in
    select '${' || d.code || ':' || o.name || '}' as was, '${' || d.code || ':' || n.name || '}' as becomes
    from old_tags o join new_tags n on n.id = o.id join devices d on d.id = n.device_id where n.name <> o.name
  loop
    update tags set formula = replace(formula, change.was, change.becomes) where formula <> '' and position(change.was in formula) > 0;
  end loop;
  return null;
end $$;
create trigger tags_renamed after update on tags referencing old table as old_tags new table as new_tags
  for each statement execute function follow_names();
create function follow_codes() returns trigger language plpgsql as $$
begin
  update tags set formula = replace(formula, '${' || old.code || ':', '${' || new.code || ':')
  where formula <> '' and position('${' || old.code || ':' in formula) > 0;
  return null;
end $$;
create trigger devices_renamed after update of code on devices for each row when (old.code <> new.code) execute function follow_codes();

alter table alarm_events
  add column category text not null default '',
  -- why nobody is told: shelved, by_design, out_of_service
  add column suppressed text check (suppressed in ('shelved', 'by_design', 'out_of_service')),
  -- it comes and goes so often that only its first raise is told
  add column chattering boolean not null default false,
  -- until then nobody is told of a chattering alarm; should it still stand, they are
  add column quiet_until timestamptz,
  -- the alarm that a flood began with
  add column first_out boolean not null default false;
create index alarm_events_quiet on alarm_events (quiet_until) where quiet_until is not null;
alter table alarm_states
  -- the tag that suppresses it by design is on
  add column designed boolean not null default false;
create index alarm_events_suppressed on alarm_events (raised_at) where suppressed is not null and closed_at is null;

-- an operator put a rule aside for a while
create table alarm_shelves (
  rule_id integer primary key references alarm_rules on delete cascade,
  until timestamptz not null,
  reason text not null check (length(reason) between 1 and 2000),
  shelved_by text not null,
  shelved_at timestamptz not null
);
-- a device is out of service: its alarms are recorded and told to nobody
create table device_maintenance (
  device_id integer primary key references devices on delete cascade,
  -- null: until somebody ends it
  until timestamptz,
  reason text not null check (length(reason) between 1 and 2000),
  taken_by text not null,
  taken_at timestamptz not null
);
-- who put what aside, and when it came back; never rewritten
create table suppression_history (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  act text not null check (act in ('shelved', 'unshelved', 'shelf_ended', 'out_of_service', 'in_service', 'service_ended', 'reset')),
  rule_id integer,
  device_id integer not null,
  name text not null,
  who text not null,
  reason text,
  until timestamptz
);
create index suppression_history_at on suppression_history (at desc, id desc);

-- what operators ask of the engine, done with its next step
create table alarm_commands (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('reset')),
  rule_id integer not null references alarm_rules on delete cascade,
  who text not null,
  at timestamptz not null
);

-- more alarms than a person can take in
create table alarm_floods (
  id bigint generated always as identity primary key,
  started_at timestamptz not null,
  ended_at timestamptz,
  first_event_id bigint references alarm_events on delete set null,
  alarms integer not null
);
create unique index alarm_floods_open on alarm_floods ((ended_at is null)) where ended_at is null;

create table device_status_history (
  device_id integer not null references devices on delete cascade,
  at timestamptz not null,
  status text not null,
  problem text,
  primary key (device_id, at)
);
