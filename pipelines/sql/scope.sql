create or replace temp table wanted_days as
select distinct day
from facts.{queue}
where model = $model
