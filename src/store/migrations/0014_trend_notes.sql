-- What people write beside a trend, and the views of it that they keep.

create table annotations (
  id integer generated always as identity primary key,
  tag_id integer not null references tags on delete cascade,
  at timestamptz not null,
  text text not null check (length(text) between 1 and 2000),
  -- the name stays when the user goes
  author text not null,
  author_id integer references users on delete set null,
  created_at timestamptz not null default now(),
  edited_at timestamptz
);
create index annotations_tag_at on annotations (tag_id, at);

create table trend_views (
  id integer generated always as identity primary key,
  user_id integer not null references users on delete cascade,
  name text not null check (length(name) between 1 and 100),
  shared boolean not null default false,
  -- as the address of the page has it
  search jsonb not null
);
create unique index trend_views_name on trend_views (user_id, lower(name));
