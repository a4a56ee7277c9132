create or replace temp view scoped_errors as
select *
from facts.errors
where
    day in (select day from wanted_days)
    and quarter_hour(occurred_at) in (select bucket from wanted_buckets)
