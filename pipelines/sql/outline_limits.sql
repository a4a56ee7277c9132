-- The limits in force, each lane's own row before the row of its whole currency.
select
    lanes.pool_id,
    lanes.currency,
    limits.limit_name,
    limits.value,
    limits.pool_id is null as is_shared
from (select distinct pool_id, currency from lanes) as lanes
join
    limits
    on limits.currency = lanes.currency
    and (limits.pool_id is null or limits.pool_id = lanes.pool_id)
where
    limits.limit_name in ('daily_band', 'velocity_24h', 'max_order')
    and limits.effective_from <= $as_of
    and (limits.effective_to is null or limits.effective_to > $as_of)
qualify
    row_number() over (
        partition by lanes.pool_id, lanes.currency, limits.limit_name
        order by limits.pool_id is null, limits.effective_from desc
    )
    = 1
order by lanes.pool_id, lanes.currency, limits.limit_name
