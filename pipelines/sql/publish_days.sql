insert into serving.{table} by name
select {columns}
from facts.{table}
where day in (select day from wanted_days)
