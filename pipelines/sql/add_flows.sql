insert into {catalog}.trade_buckets by name {model}
