-- All rows by the hour are to be made.
insert into serving.stale_hours
select distinct '{table}', date_trunc('hour', bucket)
from serving.{table}
