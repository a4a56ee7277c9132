insert into {catalog}.{table} by name
select *
from model_rows
