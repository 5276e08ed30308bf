-- The unique index of rule and time, read backwards, answers all that alarm_events_rule did; each alarm of a flood was written into both.
drop index if exists alarm_events_rule;

-- A rule that raises and clears is written again where it stands.
alter table alarm_states set (fillfactor = 75);
