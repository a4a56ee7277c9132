-- grain: pool, slot; failed calls to transact, those that name no pool under null.
select
    pool_id,
    divide(date_diff('minute', $origin, bucket), 15) as slot,
    cast(sum(limit_errors) as bigint) as refused_calls,
    cast(sum(balance_errors) as bigint) as balance_errors,
    cast(sum(transact_conflicts) as bigint) as transact_conflicts
from error_buckets
where bucket >= $origin and bucket < $end
group by all
