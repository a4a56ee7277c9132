create or replace temp view scoped_trades as
select *
from facts.trade_state
where cast(created_at as date) in (select day from wanted_days)
