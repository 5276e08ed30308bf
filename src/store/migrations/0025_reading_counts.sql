-- Report by exception, tag by tag: how many readings came and how many of them went to measurements. Added to once a minute by the driver
-- process, so that the figures go on over restarts; a process that is killed loses its last minute of both alike.
create table reading_counts (
  tag_id integer primary key references tags (id) on delete cascade,
  since timestamptz not null default now(),
  seen bigint not null,
  stored bigint not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
