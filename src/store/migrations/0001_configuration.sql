-- What the plant is made of. Every change here bumps config_version and wakes every process.

create table config_version (
  singleton boolean primary key default true check (singleton),
  version bigint not null default 1
);
insert into config_version default values;

create function bump_config_version() returns trigger language plpgsql as $$
declare now_at bigint;
begin
  update config_version set version = version + 1 returning version into now_at;
  perform pg_notify('config', now_at::text);
  return null;
end $$;

-- site_name, time_zone, language, public_url, report_by_exception …: see store/settings.ts
create table settings (
  key text primary key,
  value jsonb not null
);

create table devices (
  id integer generated always as identity primary key,
  code text not null check (code ~ '^[^:{}$\s][^:{}$]{0,63}$'),
  name text not null check (length(name) between 1 and 200),
  area text not null default '',
  protocol text not null,
  enabled boolean not null default true,
  poll_millis integer not null default 1000 check (poll_millis between 50 and 86400000),
  timeout_millis integer not null default 2000 check (timeout_millis between 50 and 60000),
  comm_timeout_seconds integer default 60 check (comm_timeout_seconds >= 5),
  comm_severity text not null default 'warning' check (comm_severity in ('info', 'warning', 'critical')),
  connection jsonb not null default '{}',
  demo boolean not null default false
);
create unique index devices_code on devices (lower(code));

create table tags (
  id integer generated always as identity primary key,
  device_id integer not null references devices on delete cascade,
  name text not null check (name ~ '^[^{}$]{1,200}$'),
  address text not null,
  settings jsonb not null default '{}',
  kind text not null default 'analog' check (kind in ('analog', 'counter', 'digital', 'text')),
  unit text not null default '',
  decimals smallint not null default 2 check (decimals between 0 and 9),
  scale double precision not null default 1,
  "offset" double precision not null default 0,
  deadband double precision not null default 0 check (deadband >= 0),
  state_text text[] check (state_text is null or cardinality(state_text) = 2),
  enabled boolean not null default true
);
create unique index tags_device_name on tags (device_id, lower(name));

create trigger settings_config after insert or update or delete on settings for each statement execute function bump_config_version();
create trigger devices_config after insert or update or delete on devices for each statement execute function bump_config_version();
create trigger tags_config after insert or update or delete on tags for each statement execute function bump_config_version();
