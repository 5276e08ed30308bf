-- the last import of a spreadsheet, with the devices before and after it as a plant file says them, so that it can be undone
create table plant_imports (
  id integer generated always as identity primary key,
  at timestamptz not null default now(),
  who text not null,
  files text[] not null,
  changes integer not null,
  before jsonb not null,
  after jsonb not null,
  undone_at timestamptz
);
