create or replace temp view scoped_quotes as
select *
from facts.quotes
where
    day in (select day from wanted_days)
    and quarter_hour(requested_at) in (select bucket from wanted_buckets)
