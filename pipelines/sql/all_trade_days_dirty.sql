insert into facts.dirty_days
select $model, cast(created_at as date)
from facts.trade_state
group by all
