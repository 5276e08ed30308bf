-- A history of a million alarms is listed and filtered at once: bench/alarm-history.ts measures it.

-- text anywhere in a row; without the extension (a PostgreSQL of one's own without contrib) it is found all the same, more slowly
do $$ begin
  create extension if not exists pg_trgm;
exception when others then
  raise notice 'pg_trgm is not at hand: searching alarms by text reads them all';
end $$;
do $$ begin
  if exists (select from pg_extension where extname = 'pg_trgm') then
    create index alarm_events_text on alarm_events using gin ((lower(name || ' ' || device_code || ' ' || coalesce(tag_name, '') || ' ' || category
      || ' ' || coalesce(comment, '') || ' ' || coalesce(acknowledged_by, ''))) gin_trgm_ops);
  end if;
end $$;
create index alarm_events_display on alarm_events (display_number);
create index alarm_events_severity on alarm_events (severity, raised_at desc, id desc);
create index alarm_events_category on alarm_events (category collate "C", raised_at desc);
