-- What several protocols need: secrets of devices, connections that devices share, and what drivers learned of their devices.

alter table devices
  -- whether a test frame or a clock item keeps the communication alive, or measured values alone
  add column liveness_counts boolean not null default true,
  -- sealed; their names stand beside them, so that a list needs no key
  add column secrets bytea,
  add column secret_names text[] not null default '{}';

create table brokers (
  id integer generated always as identity primary key,
  code text not null check (code ~ '^[^:{}$\s][^:{}$]{0,63}$'),
  name text not null check (length(name) between 1 and 200),
  protocol text not null,
  enabled boolean not null default true,
  settings jsonb not null default '{}',
  secrets bytea,
  secret_names text[] not null default '{}'
);
create unique index brokers_code on brokers (lower(code));
create trigger brokers_config after insert or update or delete on brokers for each statement execute function bump_config_version();

-- written in the transaction of the samples that it belongs to; json takes any text that jsonb refuses (\u0000)
create table driver_memory (
  device_id integer not null references devices on delete cascade,
  key text not null,
  value json not null,
  primary key (device_id, key)
) with (fillfactor = 70);
