-- And those with any part of their path in an hour that is or was cut.
insert into serving.stale_hours
select distinct '{table}', date_trunc('hour', bucket)
from serving.{table}
where {touches}
