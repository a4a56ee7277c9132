create or replace temp view scoped_balances as
select *
from facts.balances
where day in (select day from wanted_days)
