create or replace temp view scoped_quotes as
select *
from facts.quotes
where day in (select day from wanted_days)
