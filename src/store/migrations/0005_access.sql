create table users (
  id integer generated always as identity primary key,
  login text not null check (login ~ '^[^\s]{1,64}$'),
  display_name text not null check (length(display_name) between 1 and 200),
  role text not null check (role in ('viewer', 'operator', 'engineer', 'administrator')),
  enabled boolean not null default true,
  password_hash text,
  must_change_password boolean not null default false,
  language text,
  time_zone text,
  all_devices boolean not null default true,
  created_at timestamptz not null default now()
);
create unique index users_login on users (lower(login));
create table user_devices (
  user_id integer not null references users on delete cascade,
  device_id integer not null references devices on delete cascade,
  primary key (user_id, device_id)
);

create table sessions (
  token_hash bytea primary key,
  user_id integer not null references users on delete cascade,
  csrf text not null,
  created_at timestamptz not null default now(),
  used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  address text not null default '',
  agent text not null default ''
);
create index sessions_user on sessions (user_id);

create table api_tokens (
  id integer generated always as identity primary key,
  name text not null,
  token_hash bytea not null unique,
  user_id integer not null references users on delete cascade,
  role text not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  expires_at timestamptz
);

-- the one-time link of the first run and of forgotten passwords
create table setup_tokens (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('first_administrator', 'password')),
  user_id integer references users on delete cascade,
  expires_at timestamptz not null
);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  who text not null,
  via text not null,
  address text not null default '',
  action text not null,
  object text not null,
  before jsonb,
  after jsonb
);
create index audit_at on audit (at desc);
