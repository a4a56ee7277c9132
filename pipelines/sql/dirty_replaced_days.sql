insert into facts.dirty_days
select $model, day
from variants
where known and not stays
group by day
