-- grain: pool, currency, slots of creation, leaving and return, and how trades left `reserved`. A
-- slot before $origin is negative. What had left before it and was not returned after is left out.
select
    pool_id,
    currency,
    cast(floor(date_diff('second', $origin, bucket) / 900) as bigint) as slot,
    cast(floor(date_diff('second', $origin, left_bucket) / 900) as bigint) as left_slot,
    left_status,
    cast(floor(date_diff('second', $origin, returned_bucket) / 900) as bigint) as returned_slot,
    min(date_diff('microsecond', $origin, oldest_created_at)) as oldest_created_us,
    cast(sum(trades) as bigint) as trades,
    cast(sum(notional) as double) as notional
from trade_paths
where
    bucket < $end
    and (
        bucket >= $origin
        or left_bucket is null
        or left_bucket >= $origin
        or returned_bucket >= $origin
    )
group by all
