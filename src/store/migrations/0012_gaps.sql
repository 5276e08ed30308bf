-- The gap ledger: every stretch of time about which nothing is known, with its cause. Written by the driver processes in the transactions of
-- their samples, so that after a crash of anybody it says what the samples say.

create table gaps (
  id bigint generated always as identity primary key,
  device_id integer not null references devices on delete cascade,
  -- null: the whole device
  tag_id integer references tags on delete cascade,
  from_at timestamptz not null,
  -- null: it lasts
  to_at timestamptz,
  cause text not null check (cause in ('device', 'link', 'process', 'database', 'clock', 'disabled')),
  problem text,
  check (to_at > from_at)
);
create index gaps_device on gaps (device_id, from_at);
create unique index gaps_open on gaps (device_id, coalesce(tag_id, 0)) where to_at is null;
