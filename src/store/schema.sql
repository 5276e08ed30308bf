-- Made by tools/dump-schema.ts from the migrations on a server without TimescaleDB, for people to read; nothing runs this file.
-- Partitions are left out.

CREATE OR REPLACE FUNCTION public.bump_config_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare now_at bigint;
begin
  update config_version set version = version + 1 returning version into now_at;
  perform pg_notify('config', now_at::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.follow_codes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update tags set formula = replace(formula, '${' || old.code || ':', '${' || new.code || ':')
  where formula <> '' and position('${' || old.code || ':' in formula) > 0;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.follow_fed_by()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'DELETE' then
    update devices set fed_by = '' where fed_by <> '' and lower(fed_by) = lower(old.code);
  else
    update devices set fed_by = new.code where fed_by <> '' and lower(fed_by) = lower(old.code) and id <> new.id;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.follow_names()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare change record;
begin
  if not exists (select from tags where formula <> '') then
    return null;
  end if;
  for change in
    select '${' || d.code || ':' || o.name || '}' as was, '${' || d.code || ':' || n.name || '}' as becomes
    from old_tags o join new_tags n on n.id = o.id join devices d on d.id = n.device_id where n.name <> o.name
  loop
    update tags set formula = replace(formula, change.was, change.becomes) where formula <> '' and position(change.was in formula) > 0;
  end loop;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.gin_extract_query_trgm(text, internal, smallint, internal, internal, internal, internal)
 RETURNS internal
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gin_extract_query_trgm$function$;

CREATE OR REPLACE FUNCTION public.gin_extract_value_trgm(text, internal)
 RETURNS internal
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gin_extract_value_trgm$function$;

CREATE OR REPLACE FUNCTION public.gin_trgm_consistent(internal, smallint, text, integer, internal, internal, internal, internal)
 RETURNS boolean
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gin_trgm_consistent$function$;

CREATE OR REPLACE FUNCTION public.gin_trgm_triconsistent(internal, smallint, text, integer, internal, internal, internal)
 RETURNS "char"
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gin_trgm_triconsistent$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_compress(internal)
 RETURNS internal
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_compress$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_consistent(internal, text, smallint, oid, internal)
 RETURNS boolean
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_consistent$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_decompress(internal)
 RETURNS internal
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_decompress$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_distance(internal, text, smallint, oid, internal)
 RETURNS double precision
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_distance$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_in(cstring)
 RETURNS gtrgm
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_in$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_options(internal)
 RETURNS void
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE
AS '$libdir/pg_trgm', $function$gtrgm_options$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_out(gtrgm)
 RETURNS cstring
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_out$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_penalty(internal, internal, internal)
 RETURNS internal
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_penalty$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_picksplit(internal, internal)
 RETURNS internal
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_picksplit$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_same(gtrgm, gtrgm, internal)
 RETURNS internal
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_same$function$;

CREATE OR REPLACE FUNCTION public.gtrgm_union(internal, internal)
 RETURNS gtrgm
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$gtrgm_union$function$;

CREATE OR REPLACE FUNCTION public.keep_communication_rule()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.comm_timeout_seconds is null then
    delete from alarm_rules where device_id = new.id and kind = 'communication_loss';
  elsif tg_op = 'INSERT' then
    insert into alarm_rules (kind, device_id, name, severity) values ('communication_loss', new.id, 'Communication lost', new.comm_severity);
  elsif (new.comm_timeout_seconds, new.comm_severity) is distinct from (old.comm_timeout_seconds, old.comm_severity) then
    insert into alarm_rules (kind, device_id, name, severity) values ('communication_loss', new.id, 'Communication lost', new.comm_severity)
    on conflict (device_id) where kind = 'communication_loss'
      do update set severity = excluded.severity, version = alarm_rules.version + 1;
  end if;
  if new.poll_streak is null then
    delete from alarm_rules where device_id = new.id and kind = 'poll_streak';
  elsif tg_op = 'INSERT' or (new.poll_streak, new.comm_severity) is distinct from (old.poll_streak, old.comm_severity) then
    insert into alarm_rules (kind, device_id, name, severity) values ('poll_streak', new.id, 'Polls fail', new.comm_severity)
    on conflict (device_id) where kind = 'poll_streak'
      do update set severity = excluded.severity, version = alarm_rules.version + 1;
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_frozen(earliest timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from open_window where frozen_until > earliest) then
    raise check_violation using message = 'the hour of a sample is being sealed';
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.set_limit(real)
 RETURNS real
 LANGUAGE c
 STRICT
AS '$libdir/pg_trgm', $function$set_limit$function$;

CREATE OR REPLACE FUNCTION public.show_limit()
 RETURNS real
 LANGUAGE c
 STABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$show_limit$function$;

CREATE OR REPLACE FUNCTION public.show_trgm(text)
 RETURNS text[]
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$show_trgm$function$;

CREATE OR REPLACE FUNCTION public.similarity(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$similarity$function$;

CREATE OR REPLACE FUNCTION public.similarity_dist(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$similarity_dist$function$;

CREATE OR REPLACE FUNCTION public.similarity_op(text, text)
 RETURNS boolean
 LANGUAGE c
 STABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$similarity_op$function$;

CREATE OR REPLACE FUNCTION public.strict_word_similarity(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$strict_word_similarity$function$;

CREATE OR REPLACE FUNCTION public.strict_word_similarity_commutator_op(text, text)
 RETURNS boolean
 LANGUAGE c
 STABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$strict_word_similarity_commutator_op$function$;

CREATE OR REPLACE FUNCTION public.strict_word_similarity_dist_commutator_op(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$strict_word_similarity_dist_commutator_op$function$;

CREATE OR REPLACE FUNCTION public.strict_word_similarity_dist_op(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$strict_word_similarity_dist_op$function$;

CREATE OR REPLACE FUNCTION public.strict_word_similarity_op(text, text)
 RETURNS boolean
 LANGUAGE c
 STABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$strict_word_similarity_op$function$;

CREATE OR REPLACE FUNCTION public.word_similarity(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$word_similarity$function$;

CREATE OR REPLACE FUNCTION public.word_similarity_commutator_op(text, text)
 RETURNS boolean
 LANGUAGE c
 STABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$word_similarity_commutator_op$function$;

CREATE OR REPLACE FUNCTION public.word_similarity_dist_commutator_op(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$word_similarity_dist_commutator_op$function$;

CREATE OR REPLACE FUNCTION public.word_similarity_dist_op(text, text)
 RETURNS real
 LANGUAGE c
 IMMUTABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$word_similarity_dist_op$function$;

CREATE OR REPLACE FUNCTION public.word_similarity_op(text, text)
 RETURNS boolean
 LANGUAGE c
 STABLE PARALLEL SAFE STRICT
AS '$libdir/pg_trgm', $function$word_similarity_op$function$;

create table acknowledge_tokens (
  token_hash bytea not null,
  alarm_event_id bigint not null,
  contact_id integer not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint acknowledge_tokens_pkey PRIMARY KEY (token_hash),
  constraint acknowledge_tokens_alarm_event_id_fkey FOREIGN KEY (alarm_event_id) REFERENCES alarm_events(id) ON DELETE CASCADE,
  constraint acknowledge_tokens_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE
);
CREATE INDEX acknowledge_tokens_event ON acknowledge_tokens USING btree (alarm_event_id);

create table alarm_commands (
  id bigint not null generated always as identity,
  kind text not null,
  rule_id integer not null,
  who text not null,
  at timestamp with time zone not null,
  constraint alarm_commands_pkey PRIMARY KEY (id),
  constraint alarm_commands_kind_check CHECK ((kind = 'reset'::text)),
  constraint alarm_commands_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alarm_rules(id) ON DELETE CASCADE
);
CREATE INDEX alarm_commands_rule ON alarm_commands USING btree (rule_id);

create table alarm_comments (
  id bigint not null generated always as identity,
  alarm_event_id bigint not null,
  at timestamp with time zone not null,
  who text not null,
  body text not null,
  constraint alarm_comments_pkey PRIMARY KEY (id),
  constraint alarm_comments_body_check CHECK (((length(body) >= 1) AND (length(body) <= 2000))),
  constraint alarm_comments_alarm_event_id_fkey FOREIGN KEY (alarm_event_id) REFERENCES alarm_events(id) ON DELETE CASCADE
);
CREATE INDEX alarm_comments_event ON alarm_comments USING btree (alarm_event_id);

create table alarm_events (
  id bigint not null generated always as identity,
  display_number integer not null,
  rule_id integer,
  rule_version integer not null,
  kind text not null,
  device_id integer not null,
  device_code text not null,
  tag_id integer,
  tag_name text,
  unit text not null default ''::text,
  name text not null,
  severity text not null,
  operator text,
  setpoint double precision,
  raised_at timestamp with time zone not null,
  value_at_raise double precision,
  cleared_at timestamp with time zone,
  value_at_clear double precision,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  attribution jsonb,
  comment text,
  closed_at timestamp with time zone,
  late boolean not null default false,
  received_at timestamp with time zone,
  committed_at timestamp with time zone not null default now(),
  category text not null default ''::text,
  suppressed text,
  chattering boolean not null default false,
  quiet_until timestamp with time zone,
  first_out boolean not null default false,
  annunciated_at timestamp with time zone,
  realarms integer not null default 0,
  rule jsonb not null default '{}'::jsonb,
  returned_at timestamp with time zone,
  value_at_return double precision,
  resumed_at timestamp with time zone,
  constraint alarm_events_pkey PRIMARY KEY (id),
  constraint alarm_events_rule_id_raised_at_key UNIQUE (rule_id, raised_at),
  constraint alarm_events_suppressed_check CHECK ((suppressed = ANY (ARRAY['shelved'::text, 'by_design'::text, 'out_of_service'::text]))),
  constraint alarm_events_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alarm_rules(id) ON DELETE SET NULL
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.02, fillfactor=75);
CREATE INDEX alarm_events_category ON alarm_events USING btree (category COLLATE "C", raised_at DESC);
CREATE INDEX alarm_events_device ON alarm_events USING btree (device_id, raised_at DESC);
CREATE INDEX alarm_events_display ON alarm_events USING btree (display_number);
CREATE INDEX alarm_events_history ON alarm_events USING btree (raised_at DESC, id DESC);
CREATE UNIQUE INDEX alarm_events_number ON alarm_events USING btree (display_number) WHERE (closed_at IS NULL);
CREATE INDEX alarm_events_open ON alarm_events USING btree (raised_at) WHERE (closed_at IS NULL);
CREATE INDEX alarm_events_quiet ON alarm_events USING btree (quiet_until) WHERE (quiet_until IS NOT NULL);
CREATE INDEX alarm_events_rule_open ON alarm_events USING btree (rule_id) WHERE (closed_at IS NULL);
CREATE INDEX alarm_events_severity ON alarm_events USING btree (severity, raised_at DESC, id DESC);
CREATE INDEX alarm_events_suppressed ON alarm_events USING btree (raised_at) WHERE ((suppressed IS NOT NULL) AND (closed_at IS NULL));
CREATE INDEX alarm_events_text ON alarm_events USING gin (lower(((((((((((name || ' '::text) || device_code) || ' '::text) || COALESCE(tag_name, ''::text)) || ' '::text) || category) || ' '::text) || COALESCE(comment, ''::text)) || ' '::text) || COALESCE(acknowledged_by, ''::text))) gin_trgm_ops) WITH (gin_pending_list_limit='512');

create table alarm_floods (
  id bigint not null generated always as identity,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  first_event_id bigint,
  alarms integer not null,
  constraint alarm_floods_pkey PRIMARY KEY (id),
  constraint alarm_floods_first_event_id_fkey FOREIGN KEY (first_event_id) REFERENCES alarm_events(id) ON DELETE SET NULL
);
CREATE INDEX alarm_floods_first ON alarm_floods USING btree (first_event_id) WHERE (first_event_id IS NOT NULL);
CREATE UNIQUE INDEX alarm_floods_open ON alarm_floods USING btree (((ended_at IS NULL))) WHERE (ended_at IS NULL);

create table alarm_memory (
  source text not null,
  seq bigint not null,
  body bytea not null storage external,
  constraint alarm_memory_pkey PRIMARY KEY (source)
);

create table alarm_realarms (
  alarm_event_id bigint not null,
  at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  constraint alarm_realarms_pkey PRIMARY KEY (alarm_event_id, at),
  constraint alarm_realarms_alarm_event_id_fkey FOREIGN KEY (alarm_event_id) REFERENCES alarm_events(id) ON DELETE CASCADE
);

create table alarm_rules (
  id integer not null generated always as identity,
  version integer not null default 1,
  kind text not null,
  device_id integer not null,
  tag_id integer,
  slot smallint,
  label text not null default 'Custom'::text,
  name text not null,
  severity text not null,
  enabled boolean not null default true,
  auto_close boolean not null default false,
  cooldown_minutes integer not null default 30,
  operator text,
  setpoint double precision,
  deadband double precision not null default 0,
  on_delay_seconds double precision not null default 0,
  off_delay_seconds double precision not null default 0,
  category text not null default ''::text,
  latch boolean not null default false,
  "bit" smallint,
  transition_only boolean not null default false,
  window_seconds double precision,
  modulus double precision,
  target double precision,
  curve_id integer,
  x_tag_id integer,
  suppress_tag_id integer,
  realarm_minutes integer,
  constraint alarm_rules_pkey PRIMARY KEY (id),
  constraint alarm_rules_tag_id_slot_key UNIQUE (tag_id, slot),
  constraint alarm_rules_bit_check CHECK ((("bit" >= 0) AND ("bit" <= 63))),
  constraint alarm_rules_category_check CHECK ((length(category) <= 200)),
  constraint alarm_rules_cooldown_minutes_check CHECK ((cooldown_minutes >= 0)),
  constraint alarm_rules_curve CHECK ((((kind = 'curve'::text) = (curve_id IS NOT NULL)) AND ((kind = 'curve'::text) = (x_tag_id IS NOT NULL)))),
  constraint alarm_rules_deadband_check CHECK (((deadband >= (0)::double precision) AND (deadband = deadband))),
  constraint alarm_rules_kind_check CHECK ((kind = ANY (ARRAY['threshold'::text, 'digital'::text, 'totalizer'::text, 'rate_of_change'::text, 'deviation'::text, 'out_of_band'::text, 'curve'::text, 'stale'::text, 'bad_quality'::text, 'communication_loss'::text, 'poll_streak'::text]))),
  constraint alarm_rules_modulus_check CHECK ((modulus > (0)::double precision)),
  constraint alarm_rules_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint alarm_rules_numbers CHECK (((tag_id IS NULL) OR ((slot IS NOT NULL) AND (operator IS NOT NULL) AND (setpoint IS NOT NULL)))),
  constraint alarm_rules_off_delay_seconds_check CHECK ((off_delay_seconds >= (0)::double precision)),
  constraint alarm_rules_on_delay_seconds_check CHECK ((on_delay_seconds >= (0)::double precision)),
  constraint alarm_rules_operator_check CHECK ((operator = ANY (ARRAY['>'::text, '>='::text, '<'::text, '<='::text, '='::text, '!='::text]))),
  constraint alarm_rules_place CHECK (((kind = ANY (ARRAY['communication_loss'::text, 'poll_streak'::text])) = (tag_id IS NULL))),
  constraint alarm_rules_realarm_minutes_check CHECK (((realarm_minutes >= 1) AND (realarm_minutes <= 43200))),
  constraint alarm_rules_setpoint_check CHECK ((setpoint = setpoint)),
  constraint alarm_rules_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
  constraint alarm_rules_slot_check CHECK (((slot >= 1) AND (slot <= 4))),
  constraint alarm_rules_target_check CHECK ((target = target)),
  constraint alarm_rules_window_seconds_check CHECK (((window_seconds >= (1)::double precision) AND (window_seconds <= (2678400)::double precision))),
  constraint alarm_rules_curve_id_fkey FOREIGN KEY (curve_id) REFERENCES curves(id) ON DELETE RESTRICT,
  constraint alarm_rules_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE,
  constraint alarm_rules_suppress_tag_id_fkey FOREIGN KEY (suppress_tag_id) REFERENCES tags(id) ON DELETE SET NULL,
  constraint alarm_rules_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE,
  constraint alarm_rules_x_tag_id_fkey FOREIGN KEY (x_tag_id) REFERENCES tags(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX alarm_rules_comm ON alarm_rules USING btree (device_id) WHERE (kind = 'communication_loss'::text);
CREATE INDEX alarm_rules_curve ON alarm_rules USING btree (curve_id) WHERE (curve_id IS NOT NULL);
CREATE INDEX alarm_rules_realarm ON alarm_rules USING btree (id) WHERE (realarm_minutes IS NOT NULL);
CREATE UNIQUE INDEX alarm_rules_streak ON alarm_rules USING btree (device_id) WHERE (kind = 'poll_streak'::text);
CREATE INDEX alarm_rules_suppress_tag ON alarm_rules USING btree (suppress_tag_id) WHERE (suppress_tag_id IS NOT NULL);
CREATE INDEX alarm_rules_x_tag ON alarm_rules USING btree (x_tag_id) WHERE (x_tag_id IS NOT NULL);
CREATE TRIGGER alarm_rules_config AFTER INSERT OR DELETE OR UPDATE ON alarm_rules FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table alarm_shelves (
  rule_id integer not null,
  until timestamp with time zone not null,
  reason text not null,
  shelved_by text not null,
  shelved_at timestamp with time zone not null,
  constraint alarm_shelves_pkey PRIMARY KEY (rule_id),
  constraint alarm_shelves_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000))),
  constraint alarm_shelves_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alarm_rules(id) ON DELETE CASCADE
);

create table alarm_states (
  rule_id integer not null,
  condition text not null,
  since timestamp with time zone,
  event_id bigint,
  state jsonb not null default '{}'::jsonb,
  designed boolean not null default false,
  constraint alarm_states_pkey PRIMARY KEY (rule_id),
  constraint alarm_states_event_id_fkey FOREIGN KEY (event_id) REFERENCES alarm_events(id) ON DELETE SET NULL,
  constraint alarm_states_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alarm_rules(id) ON DELETE CASCADE
) with (fillfactor=75);
CREATE INDEX alarm_states_event ON alarm_states USING btree (event_id) WHERE (event_id IS NOT NULL);

create table annotations (
  id integer not null generated always as identity,
  tag_id integer not null,
  at timestamp with time zone not null,
  text text not null,
  author text not null,
  author_id integer,
  created_at timestamp with time zone not null default now(),
  edited_at timestamp with time zone,
  constraint annotations_pkey PRIMARY KEY (id),
  constraint annotations_text_check CHECK (((length(text) >= 1) AND (length(text) <= 2000))),
  constraint annotations_author_id_fkey FOREIGN KEY (author_id) REFERENCES users(id) ON DELETE SET NULL,
  constraint annotations_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE
);
CREATE INDEX annotations_tag_at ON annotations USING btree (tag_id, at);
CREATE INDEX annotations_writer ON annotations USING btree (author_id) WHERE (author_id IS NOT NULL);

create table api_tokens (
  id integer not null generated always as identity,
  name text not null,
  token_hash bytea not null,
  user_id integer not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  used_at timestamp with time zone,
  expires_at timestamp with time zone,
  constraint api_tokens_pkey PRIMARY KEY (id),
  constraint api_tokens_token_hash_key UNIQUE (token_hash),
  constraint api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

create table audit (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default now(),
  who text not null,
  via text not null,
  address text not null default ''::text,
  action text not null,
  object text not null,
  before jsonb,
  after jsonb,
  constraint audit_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_at ON audit USING btree (at DESC);

create table backups (
  id integer not null generated always as identity,
  reason text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  state text not null,
  file text,
  bytes bigint,
  encrypted boolean not null,
  schema_version integer not null,
  detail jsonb not null default '{}'::jsonb,
  constraint backups_pkey PRIMARY KEY (id),
  constraint backups_reason_check CHECK ((reason = ANY (ARRAY['nightly'::text, 'asked'::text, 'upgrade'::text]))),
  constraint backups_state_check CHECK ((state = ANY (ARRAY['running'::text, 'good'::text, 'failed'::text])))
);
CREATE INDEX backups_started ON backups USING btree (started_at DESC);

create table brokers (
  id integer not null generated always as identity,
  code text not null,
  name text not null,
  protocol text not null,
  enabled boolean not null default true,
  settings jsonb not null default '{}'::jsonb,
  secrets bytea,
  secret_names text[] not null default '{}'::text[],
  constraint brokers_pkey PRIMARY KEY (id),
  constraint brokers_code_check CHECK ((code ~ '^[^:{}$\s][^:{}$]{0,63}$'::text)),
  constraint brokers_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE UNIQUE INDEX brokers_code ON brokers USING btree (lower(code));
CREATE TRIGGER brokers_config AFTER INSERT OR DELETE OR UPDATE ON brokers FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table chain_devices (
  chain_id integer not null,
  device_id integer not null,
  constraint chain_devices_pkey PRIMARY KEY (chain_id, device_id),
  constraint chain_devices_chain_id_fkey FOREIGN KEY (chain_id) REFERENCES escalation_chains(id) ON DELETE CASCADE,
  constraint chain_devices_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE
);
CREATE TRIGGER chain_devices_config AFTER INSERT OR DELETE OR UPDATE ON chain_devices FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table config_version (
  singleton boolean not null default true,
  version bigint not null default 1,
  constraint config_version_pkey PRIMARY KEY (singleton),
  constraint config_version_singleton_check CHECK (singleton)
);

create table contact_addresses (
  contact_id integer not null,
  "position" smallint not null,
  channel text not null,
  address text not null,
  problem text,
  min_severity text not null default 'info'::text,
  constraint contact_addresses_pkey PRIMARY KEY (contact_id, "position"),
  constraint contact_addresses_contact_id_channel_address_key UNIQUE (contact_id, channel, address),
  constraint contact_addresses_min_severity_check CHECK ((min_severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
  constraint contact_addresses_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE
);
CREATE TRIGGER contact_addresses_config AFTER INSERT OR DELETE OR UPDATE ON contact_addresses FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table contact_devices (
  contact_id integer not null,
  device_id integer not null,
  constraint contact_devices_pkey PRIMARY KEY (contact_id, device_id),
  constraint contact_devices_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE,
  constraint contact_devices_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE
);
CREATE TRIGGER contact_devices_config AFTER INSERT OR DELETE OR UPDATE ON contact_devices FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table contact_group_members (
  group_id integer not null,
  contact_id integer not null,
  "position" smallint not null,
  constraint contact_group_members_pkey PRIMARY KEY (group_id, contact_id),
  constraint contact_group_members_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE,
  constraint contact_group_members_group_id_fkey FOREIGN KEY (group_id) REFERENCES contact_groups(id) ON DELETE CASCADE
);
CREATE TRIGGER contact_group_members_config AFTER INSERT OR DELETE OR UPDATE ON contact_group_members FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table contact_groups (
  id integer not null generated always as identity,
  name text not null,
  parent_id integer,
  duty text not null default 'everybody'::text,
  schedule jsonb not null default '{"layers": [], "holidays": [], "overrides": []}'::jsonb,
  constraint contact_groups_pkey PRIMARY KEY (id),
  constraint contact_groups_duty_check CHECK ((duty = ANY (ARRAY['everybody'::text, 'on_call'::text]))),
  constraint contact_groups_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint contact_groups_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES contact_groups(id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX contact_groups_name ON contact_groups USING btree (lower(name));
CREATE TRIGGER contact_groups_config AFTER INSERT OR DELETE OR UPDATE ON contact_groups FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table contacts (
  id integer not null generated always as identity,
  name text not null,
  language text not null default 'en'::text,
  enabled boolean not null default true,
  min_severity text not null default 'info'::text,
  all_devices boolean not null default true,
  quiet jsonb,
  system_messages boolean not null default false,
  categories text[],
  constraint contacts_pkey PRIMARY KEY (id),
  constraint contacts_min_severity_check CHECK ((min_severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
  constraint contacts_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE UNIQUE INDEX contacts_name ON contacts USING btree (lower(name));
CREATE TRIGGER contacts_config AFTER INSERT OR DELETE OR UPDATE ON contacts FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table curves (
  id integer not null generated always as identity,
  name text not null,
  x_unit text not null default ''::text,
  y_unit text not null default ''::text,
  points jsonb not null,
  tolerance double precision not null,
  percent boolean not null default false,
  version integer not null default 1,
  constraint curves_pkey PRIMARY KEY (id),
  constraint curves_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint curves_tolerance_check CHECK (((tolerance >= (0)::double precision) AND (tolerance = tolerance)))
);
CREATE UNIQUE INDEX curves_name ON curves USING btree (lower(name));
CREATE TRIGGER curves_config AFTER INSERT OR DELETE OR UPDATE ON curves FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table deliveries (
  source text not null,
  seq bigint not null,
  received_at timestamp with time zone not null,
  payload bytea not null storage external
) partition by RANGE (received_at);
CREATE INDEX deliveries_source_seq ON ONLY deliveries USING btree (source, seq);

create table device_maintenance (
  device_id integer not null,
  until timestamp with time zone,
  reason text not null,
  taken_by text not null,
  taken_at timestamp with time zone not null,
  constraint device_maintenance_pkey PRIMARY KEY (device_id),
  constraint device_maintenance_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000))),
  constraint device_maintenance_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE
);

create table device_states (
  device_id integer not null,
  status text not null,
  newest timestamp with time zone,
  consecutive_failures integer not null default 0,
  success_rate real not null default 1,
  problem text,
  updated_at timestamp with time zone not null default now(),
  constraint device_states_pkey PRIMARY KEY (device_id),
  constraint device_states_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE
) with (fillfactor=30);

create table device_status_history (
  device_id integer not null,
  at timestamp with time zone not null,
  status text not null,
  problem text,
  constraint device_status_history_pkey PRIMARY KEY (device_id, at),
  constraint device_status_history_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE
);

create table devices (
  id integer not null generated always as identity,
  code text not null,
  name text not null,
  area text not null default ''::text,
  protocol text not null,
  enabled boolean not null default true,
  poll_millis integer not null default 1000,
  timeout_millis integer not null default 2000,
  comm_timeout_seconds integer default 60,
  comm_severity text not null default 'warning'::text,
  connection jsonb not null default '{}'::jsonb,
  demo boolean not null default false,
  liveness_counts boolean not null default true,
  secrets bytea,
  secret_names text[] not null default '{}'::text[],
  poll_streak integer,
  fed_by text not null default ''::text,
  constraint devices_pkey PRIMARY KEY (id),
  constraint devices_code_check CHECK ((code ~ '^[^:{}$\s][^:{}$]{0,63}$'::text)),
  constraint devices_comm_severity_check CHECK ((comm_severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
  constraint devices_comm_timeout_seconds_check CHECK ((comm_timeout_seconds >= 5)),
  constraint devices_fed_by_check CHECK ((length(fed_by) <= 64)),
  constraint devices_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint devices_poll_millis_check CHECK (((poll_millis >= 50) AND (poll_millis <= 86400000))),
  constraint devices_poll_streak_check CHECK ((poll_streak >= 1)),
  constraint devices_timeout_millis_check CHECK (((timeout_millis >= 50) AND (timeout_millis <= 60000)))
);
CREATE UNIQUE INDEX devices_code ON devices USING btree (lower(code));
CREATE TRIGGER devices_communication_rule AFTER INSERT OR UPDATE ON devices FOR EACH ROW EXECUTE FUNCTION keep_communication_rule();
CREATE TRIGGER devices_config AFTER INSERT OR DELETE OR UPDATE ON devices FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();
CREATE TRIGGER devices_fed_by_code AFTER UPDATE OF code ON devices FOR EACH ROW WHEN ((old.code <> new.code)) EXECUTE FUNCTION follow_fed_by();
CREATE TRIGGER devices_fed_by_gone AFTER DELETE ON devices FOR EACH ROW EXECUTE FUNCTION follow_fed_by();
CREATE TRIGGER devices_renamed AFTER UPDATE OF code ON devices FOR EACH ROW WHEN ((old.code <> new.code)) EXECUTE FUNCTION follow_codes();

create table driver_memory (
  device_id integer not null,
  key text not null,
  value json not null,
  constraint driver_memory_pkey PRIMARY KEY (device_id, key),
  constraint driver_memory_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE
) with (fillfactor=70);

create table epochs (
  name text not null,
  epoch bigint not null,
  constraint epochs_pkey PRIMARY KEY (name)
);

create table escalation_chains (
  id integer not null generated always as identity,
  name text not null,
  enabled boolean not null default true,
  "position" integer not null default 0,
  min_severity text not null default 'info'::text,
  all_devices boolean not null default true,
  steps jsonb not null default '[]'::jsonb,
  on_clear text not null default 'continue'::text,
  max_age_minutes integer not null default 4320,
  repeat_minutes integer not null default 1440,
  categories text[],
  constraint escalation_chains_pkey PRIMARY KEY (id),
  constraint escalation_chains_max_age_minutes_check CHECK ((max_age_minutes > 0)),
  constraint escalation_chains_min_severity_check CHECK ((min_severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text]))),
  constraint escalation_chains_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint escalation_chains_on_clear_check CHECK ((on_clear = ANY (ARRAY['stop'::text, 'continue'::text]))),
  constraint escalation_chains_repeat_minutes_check CHECK ((repeat_minutes >= 0))
);
CREATE UNIQUE INDEX escalation_chains_name ON escalation_chains USING btree (lower(name));
CREATE TRIGGER escalation_chains_config AFTER INSERT OR DELETE OR UPDATE ON escalation_chains FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table gaps (
  id bigint not null generated always as identity,
  device_id integer not null,
  tag_id integer,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone,
  cause text not null,
  problem text,
  constraint gaps_pkey PRIMARY KEY (id),
  constraint gaps_cause_check CHECK ((cause = ANY (ARRAY['device'::text, 'link'::text, 'process'::text, 'database'::text, 'clock'::text, 'disabled'::text]))),
  constraint gaps_check CHECK ((to_at > from_at)),
  constraint gaps_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE,
  constraint gaps_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE
);
CREATE INDEX gaps_device ON gaps USING btree (device_id, from_at);
CREATE UNIQUE INDEX gaps_open ON gaps USING btree (device_id, COALESCE(tag_id, 0)) WHERE (to_at IS NULL);
CREATE INDEX gaps_tag ON gaps USING btree (tag_id) WHERE (tag_id IS NOT NULL);

create table gateways (
  channel text not null,
  enabled boolean not null default true,
  settings jsonb not null default '{}'::jsonb,
  secrets bytea,
  state jsonb not null default '{}'::jsonb,
  constraint gateways_pkey PRIMARY KEY (channel)
);
CREATE TRIGGER gateways_config AFTER INSERT OR DELETE OR UPDATE OF enabled, settings, secrets ON gateways FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table inbound_messages (
  id bigint not null generated always as identity,
  channel text not null,
  provider_message_id text not null,
  raw jsonb not null,
  received_at timestamp with time zone not null default now(),
  contact_id integer,
  outcome text,
  detail jsonb,
  constraint inbound_messages_pkey PRIMARY KEY (id),
  constraint inbound_messages_channel_provider_message_id_key UNIQUE (channel, provider_message_id),
  constraint inbound_messages_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE SET NULL
);
CREATE INDEX inbound_messages_contact ON inbound_messages USING btree (contact_id) WHERE (contact_id IS NOT NULL);

create table late_samples (
  tag_id integer not null,
  time_stamp timestamp with time zone not null,
  value double precision,
  quality smallint not null,
  value_text text,
  status_code integer,
  received_at timestamp with time zone not null default now()
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000);
CREATE INDEX late_samples_tag_time ON late_samples USING btree (tag_id, time_stamp);

create table latest (
  tag_id integer not null,
  time_stamp timestamp with time zone not null,
  value double precision,
  value_text text,
  quality smallint not null,
  status_code integer,
  constraint latest_pkey PRIMARY KEY (tag_id),
  constraint latest_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE
) with (fillfactor=30, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

create table measurement_blocks (
  tag_id integer not null,
  t0 timestamp with time zone not null,
  t1 timestamp with time zone not null,
  n integer not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  holds boolean not null,
  numbers integer not null,
  first_at timestamp with time zone,
  first_value double precision,
  last_at timestamp with time zone,
  last_value double precision,
  "least" double precision,
  "greatest" double precision,
  sum double precision not null,
  integral double precision not null,
  known_seconds double precision not null,
  rise double precision not null,
  outline bytea storage external,
  data bytea not null storage external,
  constraint measurement_blocks_pkey PRIMARY KEY (tag_id, t0)
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=1000, autovacuum_analyze_scale_factor=0.05);
CREATE INDEX measurement_blocks_time ON measurement_blocks USING btree (t0);

create table measurements (
  tag_id integer not null,
  time_stamp timestamp with time zone not null,
  value double precision,
  quality smallint not null,
  value_text text,
  status_code integer
) partition by RANGE (time_stamp);
CREATE INDEX measurements_tag_time ON ONLY measurements USING btree (tag_id, time_stamp);
CREATE INDEX measurements_time ON ONLY measurements USING brin (time_stamp) WITH (pages_per_range='32', autosummarize='on');

create table message_targets (
  channel text not null,
  chat text not null,
  provider_message_id text not null,
  alarm_event_id bigint not null,
  contact_id integer,
  sent_at timestamp with time zone not null default now(),
  constraint message_targets_pkey PRIMARY KEY (channel, chat, provider_message_id, alarm_event_id),
  constraint message_targets_alarm_event_id_fkey FOREIGN KEY (alarm_event_id) REFERENCES alarm_events(id) ON DELETE CASCADE,
  constraint message_targets_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE
);
CREATE INDEX message_targets_contact ON message_targets USING btree (contact_id, sent_at DESC);
CREATE INDEX message_targets_event ON message_targets USING btree (alarm_event_id);

create table messaging_history (
  id bigint not null generated always as identity,
  case_id bigint,
  alarm_event_id bigint,
  kind text not null default 'alarm'::text,
  contact_id integer,
  contact_name text not null,
  channel text not null,
  address text not null,
  attempt integer not null default 1,
  body text not null,
  state text not null default 'queued'::text,
  reason text,
  provider_id text,
  tries integer not null default 0,
  next_at timestamp with time zone not null default now(),
  lease_owner text,
  lease_until timestamp with time zone,
  not_after timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  handed_at timestamp with time zone,
  parts smallint,
  fate_at timestamp with time zone,
  urgency smallint not null default 3,
  bundled boolean not null default false,
  uncertain_tries smallint not null default 0,
  constraint messaging_history_pkey PRIMARY KEY (id),
  constraint messaging_history_case_id_attempt_contact_id_channel_kind_key UNIQUE (case_id, attempt, contact_id, channel, kind),
  constraint messaging_history_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'leased'::text, 'handed'::text, 'delivered'::text, 'read'::text, 'failed'::text, 'unknown'::text, 'cancelled'::text, 'expired'::text, 'suppressed'::text]))),
  constraint messaging_history_case_id_fkey FOREIGN KEY (case_id) REFERENCES notify_cases(id) ON DELETE CASCADE,
  constraint messaging_history_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE SET NULL
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX messaging_history_contact ON messaging_history USING btree (contact_id, channel, kind, created_at DESC);
CREATE INDEX messaging_history_due ON messaging_history USING btree (urgency, next_at) WHERE (state = ANY (ARRAY['queued'::text, 'leased'::text, 'unknown'::text]));
CREATE INDEX messaging_history_event ON messaging_history USING btree (alarm_event_id);
CREATE INDEX messaging_history_provider ON messaging_history USING btree (channel, provider_id) WHERE (provider_id IS NOT NULL);

create table nightly_runs (
  kind text not null,
  due_at timestamp with time zone not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  report jsonb not null default '{}'::jsonb,
  constraint nightly_runs_pkey PRIMARY KEY (kind, due_at),
  constraint nightly_runs_kind_check CHECK ((kind = ANY (ARRAY['retention'::text, 'backup'::text])))
);

create table notify_cases (
  id bigint not null generated always as identity,
  alarm_event_id bigint not null,
  state text not null default 'open'::text,
  attempt integer not null default 0,
  next_action_at timestamp with time zone,
  opened_at timestamp with time zone not null default now(),
  closed_at timestamp with time zone,
  reason text,
  policy jsonb not null default '{}'::jsonb,
  chain jsonb,
  step smallint not null default 0,
  tries smallint not null default 0,
  declined jsonb not null default '[]'::jsonb,
  passed jsonb not null default '[]'::jsonb,
  begun boolean not null default false,
  constraint notify_cases_pkey PRIMARY KEY (id),
  constraint notify_cases_state_check CHECK ((state = ANY (ARRAY['open'::text, 'acknowledged'::text, 'cleared'::text, 'exhausted'::text, 'expired'::text, 'cancelled'::text]))),
  constraint notify_cases_alarm_event_id_fkey FOREIGN KEY (alarm_event_id) REFERENCES alarm_events(id) ON DELETE CASCADE
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500);
CREATE INDEX notify_cases_due ON notify_cases USING btree (next_action_at) WHERE (state = ANY (ARRAY['open'::text, 'exhausted'::text]));
CREATE UNIQUE INDEX notify_cases_event ON notify_cases USING btree (alarm_event_id);

create table open_window (
  single boolean not null default true,
  frozen_until timestamp with time zone not null,
  sealed_until timestamp with time zone not null,
  constraint open_window_pkey PRIMARY KEY (single),
  constraint open_window_check CHECK ((sealed_until <= frozen_until)),
  constraint open_window_single_check CHECK (single)
);

create table outbox (
  id bigint not null generated always as identity,
  kind text not null,
  alarm_event_id bigint,
  body jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  lease_owner text,
  lease_until timestamp with time zone,
  done_at timestamp with time zone,
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_kind_check CHECK ((kind = ANY (ARRAY['raised'::text, 'cleared'::text, 'returned'::text, 'acknowledged'::text, 'system'::text]))),
  constraint outbox_alarm_event_id_fkey FOREIGN KEY (alarm_event_id) REFERENCES alarm_events(id) ON DELETE CASCADE
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=500);
CREATE INDEX outbox_event ON outbox USING btree (alarm_event_id);
CREATE INDEX outbox_open ON outbox USING btree (id) WHERE (done_at IS NULL);

create table pairing_tokens (
  token_hash bytea not null,
  contact_id integer not null,
  channel text not null,
  expires_at timestamp with time zone not null,
  constraint pairing_tokens_pkey PRIMARY KEY (token_hash),
  constraint pairing_tokens_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE
);

create table plant_imports (
  id integer not null generated always as identity,
  at timestamp with time zone not null default now(),
  who text not null,
  files text[] not null,
  changes integer not null,
  before jsonb not null,
  after jsonb not null,
  undone_at timestamp with time zone,
  constraint plant_imports_pkey PRIMARY KEY (id)
);

create table processes (
  name text not null,
  pid integer not null,
  started_at timestamp with time zone not null,
  beat_at timestamp with time zone not null,
  detail jsonb not null default '{}'::jsonb,
  constraint processes_pkey PRIMARY KEY (name)
) with (fillfactor=30);

create table reading_counts (
  tag_id integer not null,
  since timestamp with time zone not null default now(),
  seen bigint not null,
  stored bigint not null,
  constraint reading_counts_pkey PRIMARY KEY (tag_id),
  constraint reading_counts_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES tags(id) ON DELETE CASCADE
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);

create table requests (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  target text not null,
  body jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  lease_owner text,
  lease_until timestamp with time zone,
  state text not null default 'open'::text,
  progress jsonb not null default '[]'::jsonb,
  result jsonb,
  constraint requests_pkey PRIMARY KEY (id),
  constraint requests_state_check CHECK ((state = ANY (ARRAY['open'::text, 'leased'::text, 'done'::text, 'failed'::text])))
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=500);
CREATE INDEX requests_open ON requests USING btree (target, created_at) WHERE (state = ANY (ARRAY['open'::text, 'leased'::text]));

create table saved_views (
  id integer not null generated always as identity,
  user_id integer not null,
  name text not null,
  shared boolean not null default false,
  search jsonb not null,
  page text not null,
  constraint saved_views_pkey PRIMARY KEY (id),
  constraint saved_views_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint saved_views_page_check CHECK ((page = ANY (ARRAY['trends'::text, 'alarms'::text]))),
  constraint saved_views_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX saved_views_name ON saved_views USING btree (user_id, page, lower(name));

create table schema_migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table sessions (
  token_hash bytea not null,
  user_id integer not null,
  csrf text not null,
  created_at timestamp with time zone not null default now(),
  used_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  address text not null default ''::text,
  agent text not null default ''::text,
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_user ON sessions USING btree (user_id);

create table settings (
  key text not null,
  value jsonb not null,
  constraint settings_pkey PRIMARY KEY (key)
);
CREATE TRIGGER settings_config AFTER INSERT OR DELETE OR UPDATE ON settings FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();

create table setup_tokens (
  token_hash bytea not null,
  purpose text not null,
  user_id integer,
  expires_at timestamp with time zone not null,
  constraint setup_tokens_pkey PRIMARY KEY (token_hash),
  constraint setup_tokens_purpose_check CHECK ((purpose = ANY (ARRAY['first_administrator'::text, 'password'::text]))),
  constraint setup_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

create table sources (
  source text not null,
  seq bigint not null default 0,
  spool_record bigint not null default 0,
  latest_seq bigint not null default 0,
  epoch bigint not null default 0,
  received_at timestamp with time zone,
  constraint sources_pkey PRIMARY KEY (source)
);

create table storage_sizes (
  at timestamp with time zone not null,
  database_bytes bigint not null,
  free_bytes bigint,
  total_bytes bigint,
  constraint storage_sizes_pkey PRIMARY KEY (at)
);

create table suppression_history (
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  act text not null,
  rule_id integer,
  device_id integer not null,
  name text not null,
  who text not null,
  reason text,
  until timestamp with time zone,
  constraint suppression_history_pkey PRIMARY KEY (id),
  constraint suppression_history_act_check CHECK ((act = ANY (ARRAY['shelved'::text, 'unshelved'::text, 'shelf_ended'::text, 'out_of_service'::text, 'in_service'::text, 'service_ended'::text, 'reset'::text, 'by_design'::text, 'design_ended'::text])))
);
CREATE INDEX suppression_history_at ON suppression_history USING btree (at DESC, id DESC);
CREATE INDEX suppression_history_device ON suppression_history USING btree (device_id, at DESC);
CREATE INDEX suppression_history_rule ON suppression_history USING btree (rule_id, at DESC);

create table system_events (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default now(),
  code text not null,
  severity text not null default 'info'::text,
  device_id integer,
  detail jsonb not null default '{}'::jsonb,
  constraint system_events_pkey PRIMARY KEY (id)
);
CREATE INDEX system_events_at ON system_events USING btree (at);

create table tags (
  id integer not null generated always as identity,
  device_id integer not null,
  name text not null,
  address text not null,
  settings jsonb not null default '{}'::jsonb,
  kind text not null default 'analog'::text,
  unit text not null default ''::text,
  decimals smallint not null default 2,
  scale double precision not null default 1,
  "offset" double precision not null default 0,
  deadband double precision not null default 0,
  state_text text[],
  enabled boolean not null default true,
  formula text not null default ''::text,
  constraint tags_pkey PRIMARY KEY (id),
  constraint tags_deadband_check CHECK ((deadband >= (0)::double precision)),
  constraint tags_decimals_check CHECK (((decimals >= 0) AND (decimals <= 9))),
  constraint tags_formula_check CHECK ((length(formula) <= 4096)),
  constraint tags_kind_check CHECK ((kind = ANY (ARRAY['analog'::text, 'counter'::text, 'digital'::text, 'text'::text]))),
  constraint tags_name_check CHECK ((name ~ '^[^{}$]{1,200}$'::text)),
  constraint tags_state_text_check CHECK (((state_text IS NULL) OR (cardinality(state_text) = 2))),
  constraint tags_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX tags_device_name ON tags USING btree (device_id, lower(name));
CREATE INDEX tags_formula ON tags USING btree (id) WHERE (formula <> ''::text);
CREATE TRIGGER tags_config AFTER INSERT OR DELETE OR UPDATE ON tags FOR EACH STATEMENT EXECUTE FUNCTION bump_config_version();
CREATE TRIGGER tags_renamed AFTER UPDATE ON tags REFERENCING OLD TABLE AS old_tags NEW TABLE AS new_tags FOR EACH STATEMENT EXECUTE FUNCTION follow_names();

create table user_devices (
  user_id integer not null,
  device_id integer not null,
  constraint user_devices_pkey PRIMARY KEY (user_id, device_id),
  constraint user_devices_device_id_fkey FOREIGN KEY (device_id) REFERENCES devices(id) ON DELETE CASCADE,
  constraint user_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);

create table users (
  id integer not null generated always as identity,
  login text not null,
  display_name text not null,
  role text not null,
  enabled boolean not null default true,
  password_hash text,
  must_change_password boolean not null default false,
  language text,
  time_zone text,
  all_devices boolean not null default true,
  created_at timestamp with time zone not null default now(),
  categories text[],
  constraint users_pkey PRIMARY KEY (id),
  constraint users_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 200))),
  constraint users_login_check CHECK ((login ~ '^[^\s]{1,64}$'::text)),
  constraint users_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'engineer'::text, 'administrator'::text])))
);
CREATE UNIQUE INDEX users_login ON users USING btree (lower(login));

create table watermarks (
  reader text not null,
  source text not null,
  seq bigint not null,
  clock timestamp with time zone,
  config_version bigint,
  constraint watermarks_pkey PRIMARY KEY (reader, source)
) with (fillfactor=50);
