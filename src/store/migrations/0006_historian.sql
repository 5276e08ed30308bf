-- Closed windows of samples, one compressed block a tag: docs/block-format.md. The header answers wide questions without opening it.

create table measurement_blocks (
  tag_id integer not null,
  -- the window: an hour, or a day once it is over
  t0 timestamptz not null,
  t1 timestamptz not null,
  n integer not null,
  -- first and last sample of any quality, and whether the last one has a number that holds on
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  holds boolean not null,
  -- of the samples with a number that is not Bad: see src/calc/aggregate.ts; null when there is none
  numbers integer not null,
  first_at timestamptz,
  first_value double precision,
  last_at timestamptz,
  last_value double precision,
  least double precision,
  greatest double precision,
  sum double precision not null,
  integral double precision not null,
  known_seconds double precision not null,
  rise double precision not null,
  -- the same for each minute that has samples, where there are enough of them to be worth it
  outline bytea,
  data bytea not null,
  primary key (tag_id, t0)
);
alter table measurement_blocks alter column data set storage external, alter column outline set storage external;
-- days to put together, and days to drop
create index measurement_blocks_time on measurement_blocks (t0);

create index late_samples_tag_time on late_samples (tag_id, time_stamp);
