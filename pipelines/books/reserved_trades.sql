-- grain: transact_id; the trades reserved as of an instant for longer than a time, oldest first
select
    transact_id,
    quote_id,
    pool_id,
    side,
    currency,
    fiat_amount,
    network,
    partner_reference,
    created_at,
    cast(
        divide(date_diff('microsecond', created_at, cast($as_of as timestamp)), 1000000) as bigint
    ) as age_s
from {trades}
where
    created_at < $created_before
    and coalesce(left_at >= $as_of, true)
    and coalesce(list_contains(cast($pools as varchar[]), pool_id), true)
order by created_at, transact_id
limit $most
