delete from serving. {table} where bucket in (select bucket from wanted_buckets)
