-- a policy that was changed may be taken up anew by what is under way: whom the one before it had told in this round, and whether anybody was
alter table notify_cases add column passed jsonb not null default '[]';
alter table notify_cases add column begun boolean not null default false;
