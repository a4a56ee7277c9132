-- The buckets whose rows have any part of their path in a quarter of an hour that is cut.
create or replace temp table wanted_buckets as
select distinct bucket, cast(bucket as date) as day
from serving.{table}
where {touches}
