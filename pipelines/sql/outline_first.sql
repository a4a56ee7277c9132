-- The first quarter of an hour in which this partner asked for a quote or traded.
select min(bucket) as first_bucket
from
    (
        select bucket
        from quote_buckets
        union all
        select bucket
        from trade_paths
    ) as buckets
