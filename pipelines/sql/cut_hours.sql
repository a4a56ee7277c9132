-- The hours that a cut divides, and those that a cut of the build before divided.
create or replace temp table cut_hours as
select distinct date_trunc('hour', cut) as hour
from
    (
        select unnest(cast(getvariable('cuts') as timestamp[])) as cut
        union all
        select unnest(cuts) as cut
        from serving.build
    )
where cut <> date_trunc('hour', cut)
;
create or replace temp macro is_in_cut_hour(instant) as
    date_trunc('hour', instant) in (select hour from cut_hours)
