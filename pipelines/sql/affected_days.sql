create or replace temp table wanted_days as
select distinct day
from wanted_buckets
