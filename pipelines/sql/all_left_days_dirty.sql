insert into facts.dirty_days
select $model, cast(left_at as date)
from facts.trade_state
where left_at is not null
group by all
