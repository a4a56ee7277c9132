delete from {catalog}.trade_buckets where day in (select day from flow_days)
