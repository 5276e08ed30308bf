-- Where TimescaleDB keeps measurements as a hypertable, rows stay in it after they were sealed, for people's own SQL; the program reads the
-- blocks. One row there, none where measurements is partitioned.

create table open_window (
  single boolean primary key default true check (single),
  -- no row is taken for an hour before this: it is being sealed
  frozen_until timestamptz not null,
  -- rows before this lie in blocks
  sealed_until timestamptz not null check (sealed_until <= frozen_until)
);
insert into open_window (frozen_until, sealed_until)
select hour, hour from (select coalesce(date_trunc('hour', min(time_stamp), 'UTC'), date_trunc('hour', now(), 'UTC')) as hour from measurements) first
where (select relkind from pg_class where oid = 'measurements'::regclass) <> 'p';

-- what a partition's check does for the hours of a hypertable; called by whoever wrote rows, which keeps the hour from being frozen until then
create function refuse_frozen(earliest timestamptz) returns void language plpgsql as $$
begin
  if exists (select from open_window where frozen_until > earliest) then
    raise check_violation using message = 'the hour of a sample is being sealed';
  end if;
end $$;
