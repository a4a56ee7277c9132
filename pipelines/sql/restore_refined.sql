insert into serving.{table} by name
select *
from facts.{table}
where bucket in (select bucket from serving.refined where model = '{table}')
