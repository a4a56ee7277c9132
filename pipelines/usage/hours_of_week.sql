-- What happens in each hour of the week: the counted hours that begin on that weekday (1 is Monday)
-- at that hour of the clock, added per lane, and once more for all pools together (pool_id null).
-- execution_utilization is that of a window made of just these hours: their settled volume over
-- the sum of the daily bands each of them lies in. A refused call of a pool stands in each of the
-- pool's currency rows, so all pools together take it once. All pools have no amounts: currencies
-- are not added.
with
    counted as (
        select hours.*, places.weekday, places.clock_hour
        from hour_rows as hours
        join hour_places as places on places.window_start = hours.window_start
        where places.is_counted
    ),

    by_lane as (
        select
            pool_id,
            currency,
            weekday,
            clock_hour,
            count(*) as hours,
            sum(quote_requests) as quote_requests,
            sum(limit_errors) as limit_errors,
            sum(settled_volume) as settled_volume,
            case when count(approved_band) = count(*) then sum(approved_band) end as approved_band
        from counted
        group by all
    ),

    by_pool as (
        select
            pool_id,
            window_start,
            weekday,
            clock_hour,
            sum(quote_requests) as quote_requests,
            sum(limit_errored_quotes) + max(limit_errors - limit_errored_quotes) as limit_errors
        from counted
        group by all
    ),

    together as (
        select
            cast(null as varchar) as pool_id,
            cast(null as varchar) as currency,
            weekday,
            clock_hour,
            count(distinct window_start) as hours,
            sum(quote_requests) as quote_requests,
            sum(limit_errors) as limit_errors,
            cast(null as decimal(38, 8)) as settled_volume,
            cast(null as decimal(38, 8)) as approved_band
        from by_pool
        group by all
    )

select
    pool_id,
    currency,
    weekday,
    clock_hour,
    hours,
    cast(quote_requests as bigint) as quote_requests,
    cast(limit_errors as bigint) as limit_errors,
    cast(settled_volume as decimal(38, 8)) as settled_volume,
    cast(approved_band as decimal(38, 8)) as approved_band,
    ratio(settled_volume, approved_band) as execution_utilization
from
    (
        select *
        from by_lane
        union all
        select *
        from together
    )
order by pool_id, currency, weekday, clock_hour
