-- how often a process died with the message in its hands: it may have left; tries that are known to have failed do not count
alter table messaging_history add column uncertain_tries smallint not null default 0;
