-- grain: transact_id; trades whose webhook had not come by `as_of`, the oldest first
select
    transact_id,
    pool_id,
    currency,
    fiat_amount,
    status,
    status_at,
    cast(
        divide(date_diff('microsecond', status_at, cast($as_of as timestamp)), 1000000) as bigint
    ) as age_s
from late_webhooks
where
    status_at + $lateness < $as_of
    and coalesce(delivered_at >= $as_of, true)
    and status_at >= coalesce($start, status_at)
    and status_at < coalesce($end, $as_of)
order by status_at, transact_id
limit $most
