create or replace temp view scoped_errors as
select *
from facts.errors
where day in (select day from wanted_days)
