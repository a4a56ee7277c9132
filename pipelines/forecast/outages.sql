-- Quarters of an hour in which a pool was unavailable for more than half of the time.
select pool_id, bucket
from availability_buckets
where bucket >= $start and bucket < $end and unavailable_us > 450000000
