-- grain: pool_id, hour of occurred_at
select
    day,
    hour_label(bucket) as bucket,
    pool_id,
    sum(limit_errors) as limit_errors,
    sum(balance_errors) as balance_errors,
    sum(transact_conflicts) as transact_conflicts
from serving.error_buckets
where date_trunc('hour', bucket) in (select hour from wanted_hours)
group by all
