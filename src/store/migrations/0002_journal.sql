-- The delivery journal, the samples and what is known of every device now.

create table sources (
  source text primary key,
  -- the last delivery and the last spool record committed: the writer resumes from here, not from its own memory
  seq bigint not null default 0,
  spool_record bigint not null default 0,
  -- the delivery up to which `latest` is complete
  latest_seq bigint not null default 0,
  epoch bigint not null default 0,
  received_at timestamptz
);

create table deliveries (
  source text not null,
  seq bigint not null,
  received_at timestamptz not null,
  payload bytea not null
) partition by range (received_at);
alter table deliveries alter column payload set storage external;
create index deliveries_source_seq on deliveries (source, seq);

create table watermarks (
  reader text not null,
  source text not null,
  seq bigint not null,
  clock timestamptz,
  config_version bigint,
  primary key (reader, source)
) with (fillfactor = 50);

-- single writers: whoever holds the advisory lock takes the next epoch, and every write carries it
create table epochs (
  name text primary key,
  epoch bigint not null
);

create table latest (
  tag_id integer primary key references tags on delete cascade,
  time_stamp timestamptz not null,
  value double precision,
  value_text text,
  quality smallint not null,
  status_code integer
) with (fillfactor = 30);

create table device_states (
  device_id integer primary key references devices on delete cascade,
  status text not null,
  newest timestamptz,
  consecutive_failures integer not null default 0,
  success_rate real not null default 1,
  problem text,
  updated_at timestamptz not null default now()
) with (fillfactor = 30);

create table measurements (
  tag_id integer not null,
  time_stamp timestamptz not null,
  value double precision,
  quality smallint not null,
  value_text text,
  status_code integer
)$PARTITIONED$;
create index measurements_time on measurements using brin (time_stamp) with (pages_per_range = 32, autosummarize = on);
create index measurements_tag_time on measurements (tag_id, time_stamp);

-- too old or too far in the future for a partition; merged by keeper
create table late_samples (
  tag_id integer not null,
  time_stamp timestamptz not null,
  value double precision,
  quality smallint not null,
  value_text text,
  status_code integer,
  received_at timestamptz not null default now()
);

-- questions between processes, answered by whoever owns the target
create table requests (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  target text not null,
  body jsonb not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  lease_owner text,
  lease_until timestamptz,
  state text not null default 'open' check (state in ('open', 'leased', 'done', 'failed')),
  progress jsonb not null default '[]',
  result jsonb
);
create index requests_open on requests (target, created_at) where state in ('open', 'leased');

create table processes (
  name text primary key,
  pid integer not null,
  started_at timestamptz not null,
  beat_at timestamptz not null,
  detail jsonb not null default '{}'
) with (fillfactor = 30);

create table system_events (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  code text not null,
  severity text not null default 'info',
  device_id integer,
  detail jsonb not null default '{}'
);
create index system_events_at on system_events (at);
