-- Pools with a daily band in force at an instant, their own or that of all pools of a currency.
select distinct lanes.pool_id
from lanes
join
    limits
    on limits.limit_name = 'daily_band'
    and (
        limits.pool_id = lanes.pool_id
        or (limits.pool_id is null and limits.currency = lanes.currency)
    )
where
    limits.effective_from <= cast($at as timestamp)
    and coalesce(limits.effective_to > cast($at as timestamp), true)
order by lanes.pool_id
