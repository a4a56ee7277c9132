create table quotes as
select *
from read_parquet($file)
