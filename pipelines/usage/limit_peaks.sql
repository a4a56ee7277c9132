-- The fullest each limit was at the end of an hour of the period, and when it first was so.
with
    usages as (
        select
            hours.pool_id,
            hours.currency,
            unnest(['daily_band', 'velocity_24h']) as limit_name,
            unnest([daily_band_usage, velocity_24h_usage]) as peak_usage,
            least(hours.window_end, hours.as_of) as peak_at
        from hour_rows as hours
        join hour_places as places on places.window_start = hours.window_start
        where places.is_in_period
    )

select pool_id, currency, limit_name, peak_usage, min(peak_at) as peak_at
from usages
where peak_usage is not null
group by 1, 2, 3, 4
qualify row_number() over (partition by pool_id, currency, limit_name order by peak_usage desc) = 1
order by pool_id, currency, limit_name
