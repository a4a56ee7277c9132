-- grain: pool_id, currency, hours of creation, of leaving `reserved` and of return, left_status
select
    day,
    hour_label(bucket) as bucket,
    pool_id,
    currency,
    hour_label(left_bucket) as left_bucket,
    left_status,
    hour_label(returned_bucket) as returned_bucket,
    sum(trades) as trades,
    sum(notional) as notional,
    min(oldest_created_at) as oldest_created_at,
    max(largest_amount) as largest_amount
from serving.trade_paths
where date_trunc('hour', bucket) in (select hour from wanted_hours)
group by all
