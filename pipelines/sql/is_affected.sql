select count(*) > 0 from wanted_buckets
