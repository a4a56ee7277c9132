insert into screened by name
select row_number() over () as line_number, true as clean, *
from read_parquet($paths, hive_partitioning = false)
