-- Alarms that are put before people again while they stand, and what feeds what.

alter table alarm_rules
  -- so long after it was told or acknowledged an alarm that still stands is told again; null: never
  add column realarm_minutes integer check (realarm_minutes between 1 and 43200);
create index alarm_rules_realarm on alarm_rules (id) where realarm_minutes is not null;

alter table alarm_events
  -- when it was last put before people: its raise, its return from suppression, or its last re-alarm
  add column annunciated_at timestamptz,
  -- how often it was put before them again
  add column realarms integer not null default 0;

-- what each re-alarm took back; never rewritten
create table alarm_realarms (
  alarm_event_id bigint not null references alarm_events on delete cascade,
  at timestamptz not null,
  -- the acknowledgement that was in force until then
  acknowledged_at timestamptz,
  acknowledged_by text,
  primary key (alarm_event_id, at)
);

alter table devices
  -- code of the device that this one hangs on (power, water, network); empty: none is known
  add column fed_by text not null default '' check (length(fed_by) <= 64);
create function follow_fed_by() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    update devices set fed_by = '' where fed_by <> '' and lower(fed_by) = lower(old.code);
  else
    update devices set fed_by = new.code where fed_by <> '' and lower(fed_by) = lower(old.code) and id <> new.id;
  end if;
  return null;
end $$;
create trigger devices_fed_by_code after update of code on devices for each row when (old.code <> new.code) execute function follow_fed_by();
create trigger devices_fed_by_gone after delete on devices for each row execute function follow_fed_by();
