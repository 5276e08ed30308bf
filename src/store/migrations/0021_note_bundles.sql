-- Notes gather as alarms do: how many of each kind somebody got lately is asked for all of them.
drop index messaging_history_contact;
create index messaging_history_contact on messaging_history (contact_id, channel, kind, created_at desc);
