insert into facts.dirty_days
select $model, day
from facts.{kind}
group by day
