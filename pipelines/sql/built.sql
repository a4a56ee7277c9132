insert into facts.unpublished_days
select $model, day
from wanted_days
