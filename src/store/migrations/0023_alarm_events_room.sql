-- An alarm that clears is written again where it stands, its indexes left alone; and its text comes into the search little by little.

alter table alarm_events set (fillfactor = 75);
do $$ begin
  if exists (select from pg_class where relname = 'alarm_events_text') then
    alter index alarm_events_text set (gin_pending_list_limit = 512);
  end if;
end $$;
