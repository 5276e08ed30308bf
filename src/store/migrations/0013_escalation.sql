create table contact_groups (
  id integer generated always as identity primary key,
  name text not null check (length(name) between 1 and 200),
  -- who is told when nobody here answers; ties in a circle are refused when saved and cut when read
  parent_id integer references contact_groups on delete set null,
  duty text not null default 'everybody' check (duty in ('everybody', 'on_call')),
  -- layers, overrides and holidays (domain/escalation.ts), in the wall-clock time of the site
  schedule jsonb not null default '{"layers": [], "overrides": [], "holidays": []}'
);
create unique index contact_groups_name on contact_groups (lower(name));
create table contact_group_members (
  group_id integer not null references contact_groups on delete cascade,
  contact_id integer not null references contacts on delete cascade,
  position smallint not null,
  primary key (group_id, contact_id)
);
create table escalation_chains (
  id integer generated always as identity primary key,
  name text not null check (length(name) between 1 and 200),
  enabled boolean not null default true,
  position integer not null default 0,
  min_severity text not null default 'info' check (min_severity in ('info', 'warning', 'critical')),
  all_devices boolean not null default true,
  steps jsonb not null default '[]',
  on_clear text not null default 'continue' check (on_clear in ('stop', 'continue')),
  max_age_minutes integer not null default 4320 check (max_age_minutes > 0),
  repeat_minutes integer not null default 1440 check (repeat_minutes >= 0)
);
create unique index escalation_chains_name on escalation_chains (lower(name));
create table chain_devices (
  chain_id integer not null references escalation_chains on delete cascade,
  device_id integer not null references devices on delete cascade,
  primary key (chain_id, device_id)
);
create trigger contact_groups_config after insert or update or delete on contact_groups for each statement execute function bump_config_version();
create trigger contact_group_members_config after insert or update or delete on contact_group_members for each statement execute function bump_config_version();
create trigger escalation_chains_config after insert or update or delete on escalation_chains for each statement execute function bump_config_version();
create trigger chain_devices_config after insert or update or delete on chain_devices for each statement execute function bump_config_version();

-- not disturbed between two times of day by alarms up to a severity; critical ones always pass
alter table contacts add column quiet jsonb;
-- told of troubles of the system itself: a gateway that is down, a chain that ended unanswered
alter table contacts add column system_messages boolean not null default false;
-- an address can be kept for what is urgent
alter table contact_addresses add column min_severity text not null default 'info' check (min_severity in ('info', 'warning', 'critical'));

-- the chain as it was when the alarm came, and how far it is
alter table notify_cases add column chain jsonb;
alter table notify_cases add column step smallint not null default 0;
alter table notify_cases add column tries smallint not null default 0;
alter table notify_cases add column declined jsonb not null default '[]';
drop index notify_cases_due;
create index notify_cases_due on notify_cases (next_action_at) where state in ('open', 'exhausted');

-- what is most urgent leaves first: 0 critical, 1 warning, 2 info, 3 everything that is no alarm
alter table messaging_history add column urgency smallint not null default 3;
-- waits to be told in one message with others, because its reader had many
alter table messaging_history add column bundled boolean not null default false;
create index messaging_history_contact on messaging_history (contact_id, created_at desc) where kind = 'alarm';
drop index messaging_history_due;
create index messaging_history_due on messaging_history (urgency, next_at) where state in ('queued', 'leased', 'unknown');
