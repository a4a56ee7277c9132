-- grain: pool_id, currency, buckets of creation, of leaving `reserved` and of return, left_status
-- folded trades by when they moved: flows, reserved stock and limit usage all come from here
select
    cast(created_at as date) as day,
    label(created_at) as bucket,
    pool_id,
    currency,
    label(left_at) as left_bucket,
    left_status,
    label(returned_at) as returned_bucket,
    count(*) as trades,
    cast(sum(fiat_amount) as decimal(38, 8)) as notional,
    min(created_at) as oldest_created_at,
    max(fiat_amount) as largest_amount
from scoped_trades
group by all
