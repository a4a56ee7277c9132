-- A snapshot holds into the days after its own, and decides whether the next one of its pool is a
-- reopening, however much later that is.
insert into wanted_days
with
    observed_days as (
        select distinct pool_id, day
        from facts.availability
        where day >= (select min(day) from wanted_days)
    ),
    followed as (
        select day, lead(day) over (partition by pool_id order by day) as next_day
        from observed_days
    ),
    reached as (
        select next_day as day
        from followed
        where day in (select day from wanted_days)
        union
        select
            cast(
                unnest(
                    generate_series(
                        day + interval 1 day,
                        day + interval 1 day + getvariable('availability_max_gap'),
                        interval 1 day
                    )
                ) as date
            ) as day
        from wanted_days
    )
select day
from reached
where day is not null and day not in (select day from wanted_days)
;
-- The snapshots of those days and their neighbours, and the last one before of each pool.
create or replace temp table scoped_availability as
with
    span as (
        select min(day) - 1 as first_day, max(day) + 1 as last_day from wanted_days
    ),
    before as (
        select
            pool_id,
            max(observed_at) as observed_at,
            max_by(available, observed_at) as available
        from facts.availability
        where day < (select first_day from span)
        group by pool_id
    )
select pool_id, observed_at, available
from facts.availability
where day between (select first_day from span) and (select last_day from span)
union all
select pool_id, observed_at, available
from before
