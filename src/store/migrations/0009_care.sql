-- What is done to the database by night, and what is known of its backups and of its size.

create table nightly_runs (
  kind text not null check (kind in ('retention', 'backup')),
  -- the nightly hour of the site that it belongs to
  due_at timestamptz not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  report jsonb not null default '{}',
  primary key (kind, due_at)
);

create table backups (
  id integer generated always as identity primary key,
  reason text not null check (reason in ('nightly', 'asked', 'upgrade')),
  started_at timestamptz not null,
  ended_at timestamptz,
  state text not null check (state in ('running', 'good', 'failed')),
  -- its place; null once it was cleared away for newer ones
  file text,
  bytes bigint,
  encrypted boolean not null,
  schema_version integer not null,
  -- how it was proved, or what went wrong
  detail jsonb not null default '{}'
);
create index backups_started on backups (started_at desc);

-- once an hour: what the forecast rests on
create table storage_sizes (
  at timestamptz primary key,
  database_bytes bigint not null,
  -- of the disk, where it is ours to see
  free_bytes bigint,
  total_bytes bigint
);

-- what goes when an alarm goes is found without reading whole tables
create index outbox_event on outbox (alarm_event_id);
create index message_targets_event on message_targets (alarm_event_id);
create index acknowledge_tokens_event on acknowledge_tokens (alarm_event_id);

-- Tables that change all the time are vacuumed by what changed, not by a fifth of what there is.
alter table alarm_events set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.02);
alter table messaging_history set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.02);
alter table outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
alter table notify_cases set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
alter table requests set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
alter table latest set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
alter table late_samples set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
-- hours are joined into days every night: their room is wanted again the next day
alter table measurement_blocks set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.05);
-- partitions get theirs when they are made (store/partitions.ts); a hypertable hands its own on to its chunks
do $$ begin
  if (select relkind from pg_class where oid = 'measurements'::regclass) = 'r' then
    alter table measurements set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
  end if;
end $$;
