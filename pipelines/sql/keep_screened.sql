drop table if exists kept_screened
;
alter table if exists screened rename to kept_screened
