-- grain: pool_id, currency, hour of requested_at, reason
select day, hour_label(bucket) as bucket, pool_id, currency, reason, sum(quotes) as quotes
from serving.reason_buckets
where date_trunc('hour', bucket) in (select hour from wanted_hours)
group by all
