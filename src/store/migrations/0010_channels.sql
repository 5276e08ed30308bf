-- how far a message came, as its provider tells later, and what it cost in parts
alter table messaging_history add column parts smallint;
alter table messaging_history add column fate_at timestamptz;
create index messaging_history_provider on messaging_history (channel, provider_id) where provider_id is not null;
