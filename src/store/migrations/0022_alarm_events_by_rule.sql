-- What a rule raised lately: whether it chatters is asked with each raise, also in a flood. And a rule that is removed leaves a long history.

create index alarm_events_rule on alarm_events (rule_id, raised_at desc);
