create or replace temp view scoped_trades as
select *
from facts.trade_state
where quarter_hour(created_at) in (select bucket from wanted_buckets)
