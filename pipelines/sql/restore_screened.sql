drop table if exists screened
;
alter table if exists kept_screened rename to screened
