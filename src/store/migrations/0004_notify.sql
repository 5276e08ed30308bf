create table contacts (
  id integer generated always as identity primary key,
  name text not null check (length(name) between 1 and 200),
  language text not null default 'en',
  enabled boolean not null default true,
  min_severity text not null default 'info' check (min_severity in ('info', 'warning', 'critical')),
  all_devices boolean not null default true
);
create unique index contacts_name on contacts (lower(name));
create table contact_devices (
  contact_id integer not null references contacts on delete cascade,
  device_id integer not null references devices on delete cascade,
  primary key (contact_id, device_id)
);
create table contact_addresses (
  contact_id integer not null references contacts on delete cascade,
  position smallint not null,
  channel text not null,
  address text not null,
  -- set when the channel says it is dead (bot blocked, mailbox gone); cleared on edit or on an inbound message
  problem text,
  primary key (contact_id, position),
  unique (contact_id, channel, address)
);
create table gateways (
  channel text primary key,
  enabled boolean not null default true,
  settings jsonb not null default '{}',
  -- sealed with the installation's key (host/secrets.ts); never leaves in clear
  secrets bytea,
  -- what the channel keeps between runs (Telegram offset, breaker)
  state jsonb not null default '{}'
);
create trigger contacts_config after insert or update or delete on contacts for each statement execute function bump_config_version();
create trigger contact_addresses_config after insert or update or delete on contact_addresses for each statement execute function bump_config_version();
create trigger contact_devices_config after insert or update or delete on contact_devices for each statement execute function bump_config_version();
create trigger gateways_config after insert or delete or update of enabled, settings, secrets on gateways for each statement execute function bump_config_version();

create table notify_cases (
  id bigint generated always as identity primary key,
  alarm_event_id bigint not null references alarm_events on delete cascade,
  state text not null default 'open' check (state in ('open', 'acknowledged', 'cleared', 'exhausted', 'expired', 'cancelled')),
  attempt integer not null default 0,
  next_action_at timestamptz,
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  -- why the case did or did not send, for people
  reason text,
  policy jsonb not null default '{}'
);
create unique index notify_cases_event on notify_cases (alarm_event_id);
create index notify_cases_due on notify_cases (next_action_at) where state = 'open';

-- one row per contact and attempt, whatever became of it
create table messaging_history (
  id bigint generated always as identity primary key,
  case_id bigint references notify_cases on delete cascade,
  alarm_event_id bigint,
  kind text not null default 'alarm',
  contact_id integer references contacts on delete set null,
  contact_name text not null,
  channel text not null,
  address text not null,
  attempt integer not null default 1,
  body text not null,
  state text not null default 'queued'
    check (state in ('queued', 'leased', 'handed', 'delivered', 'read', 'failed', 'unknown', 'cancelled', 'expired', 'suppressed')),
  reason text,
  provider_id text,
  tries integer not null default 0,
  next_at timestamptz not null default now(),
  lease_owner text,
  lease_until timestamptz,
  not_after timestamptz,
  created_at timestamptz not null default now(),
  handed_at timestamptz,
  unique (case_id, attempt, contact_id, channel, kind)
);
create index messaging_history_due on messaging_history (next_at) where state in ('queued', 'leased', 'unknown');
create index messaging_history_event on messaging_history (alarm_event_id);

-- which alarm a provider's message spoke of, for swipe replies
create table message_targets (
  channel text not null,
  chat text not null,
  provider_message_id text not null,
  alarm_event_id bigint not null references alarm_events on delete cascade,
  contact_id integer references contacts on delete cascade,
  sent_at timestamptz not null default now(),
  primary key (channel, chat, provider_message_id, alarm_event_id)
);
create index message_targets_contact on message_targets (contact_id, sent_at desc);

-- everything that arrives is kept raw before it is read
create table inbound_messages (
  id bigint generated always as identity primary key,
  channel text not null,
  provider_message_id text not null,
  raw jsonb not null,
  received_at timestamptz not null default now(),
  contact_id integer references contacts on delete set null,
  outcome text,
  detail jsonb,
  unique (channel, provider_message_id)
);

-- acknowledge links: the token itself is never stored
create table acknowledge_tokens (
  token_hash bytea primary key,
  alarm_event_id bigint not null references alarm_events on delete cascade,
  contact_id integer not null references contacts on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- one-time links that bind a chat to a contact
create table pairing_tokens (
  token_hash bytea primary key,
  contact_id integer not null references contacts on delete cascade,
  channel text not null,
  expires_at timestamptz not null
);
