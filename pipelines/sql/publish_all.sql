insert into serving.{table} by name
select {columns}
from facts.{table}
