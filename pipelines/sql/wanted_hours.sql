create or replace temp table wanted_hours as
select distinct hour
from serving.stale_hours
where model = $model
