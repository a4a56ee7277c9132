insert into facts.dirty_days
select $model, day
from fresh
group by day
