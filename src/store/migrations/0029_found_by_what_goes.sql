-- What refers to a row is looked for when that row goes; without an index each row that goes reads the whole table.
create index alarm_rules_x_tag on alarm_rules (x_tag_id) where x_tag_id is not null;
create index alarm_rules_suppress_tag on alarm_rules (suppress_tag_id) where suppress_tag_id is not null;
create index alarm_rules_curve on alarm_rules (curve_id) where curve_id is not null;
create index alarm_commands_rule on alarm_commands (rule_id);
create index alarm_states_event on alarm_states (event_id) where event_id is not null;
create index alarm_floods_first on alarm_floods (first_event_id) where first_event_id is not null;
create index gaps_tag on gaps (tag_id) where tag_id is not null;
create index inbound_messages_contact on inbound_messages (contact_id) where contact_id is not null;
create index annotations_writer on annotations (author_id) where author_id is not null;
