create or replace temp table model_rows as
select *
from ({model})
where quarter_hour(bucket) in (select bucket from wanted_buckets)
