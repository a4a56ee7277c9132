insert into serving.{table} by name
select *
from model_rows
;
insert into serving.refined
select $model, bucket
from wanted_buckets
