-- grain: pool, slot; for how long a lane was known available and known unavailable, in minutes.
select
    pool_id,
    divide(date_diff('minute', $origin, bucket), 15) as slot,
    sum(available_us) / 60000000 as available_minutes,
    sum(unavailable_us) / 60000000 as unavailable_minutes
from availability_buckets
where bucket >= $origin and bucket < $end
group by all
