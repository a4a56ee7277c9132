create or replace temp table cut_quarters as
select distinct quarter_hour(cut) as bucket
from (select unnest(cast(getvariable('cuts') as timestamp[])) as cut)
where cut <> quarter_hour(cut)
;
create or replace temp macro is_cut(instant) as instant in (select bucket from cut_quarters)
