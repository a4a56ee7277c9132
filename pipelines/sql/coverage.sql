-- grain: kind, day; records of each UTC day, and what a day without any is: a `gap` between a
-- kind's first and last day, `quiet` for kinds that come when something happens, else `outside`.
with
    reached as (
        select kind, min(day) as first_day, max(day) as last_day
        from landed_days
        where kind not in ('limits', 'programs')
        group by kind
    ),
    days as (
        select
            cast(
                unnest(
                    generate_series(
                        cast($first as timestamp), cast($last as timestamp), interval 1 day
                    )
                ) as date
            ) as day
    )
select
    reached.kind,
    days.day,
    landed_days.records,
    landed_days.late_records,
    max(landed_days.records) over (partition by reached.kind) as most_records,
    case
        when landed_days.records is not null
        then 'records'
        when days.day < first_day or days.day > last_day
        then 'outside'
        when reached.kind in (select unnest(cast($sporadic as varchar[])))
        then 'quiet'
        else 'gap'
    end as state
from reached
cross join days
left join landed_days on landed_days.kind = reached.kind and landed_days.day = days.day
order by reached.kind, days.day
