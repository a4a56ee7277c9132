create or replace temp view scoped_ended as
select *
from facts.trade_state
where cast(left_at as date) in (select day from wanted_days)
