create or replace temp table checked_days as
select distinct day
from facts.unpublished_days
where model = $model
