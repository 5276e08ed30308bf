-- What the consoles of alarms show: suppression by design is on record too, and an occurrence keeps the rule it was judged by.

alter table suppression_history drop constraint suppression_history_act_check;
alter table suppression_history add constraint suppression_history_act_check check (act in ('shelved', 'unshelved', 'shelf_ended',
  'out_of_service', 'in_service', 'service_ended', 'reset', 'by_design', 'design_ended'));
create index suppression_history_rule on suppression_history (rule_id, at desc);
create index suppression_history_device on suppression_history (device_id, at desc);

-- what the other columns do not say of the rule as it was at the raise: deadband, delays, latch and the like; empty for older ones
alter table alarm_events add column rule jsonb not null default '{}';
