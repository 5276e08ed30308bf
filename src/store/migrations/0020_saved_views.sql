-- Views that people keep: of the trend explorer, and of the consoles of alarms.

alter table trend_views rename to saved_views;
alter table saved_views rename constraint trend_views_pkey to saved_views_pkey;
alter table saved_views rename constraint trend_views_name_check to saved_views_name_check;
alter table saved_views rename constraint trend_views_user_id_fkey to saved_views_user_id_fkey;
alter table saved_views add column page text not null default 'trends' constraint saved_views_page_check check (page in ('trends', 'alarms'));
alter table saved_views alter column page drop default;
drop index trend_views_name;
create unique index saved_views_name on saved_views (user_id, page, lower(name));
