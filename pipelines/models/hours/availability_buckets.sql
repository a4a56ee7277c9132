-- grain: pool_id, hour
select
    day,
    hour_label(bucket) as bucket,
    pool_id,
    sum(available_us) as available_us,
    sum(unavailable_us) as unavailable_us,
    max(reopened_at) as reopened_at
from serving.availability_buckets
where date_trunc('hour', bucket) in (select hour from wanted_hours)
group by all
