-- The first quarter of an hour in which this partner asked for a quote or traded before an instant.
select min(bucket) as first_bucket
from
    (
        select min(bucket) as bucket
        from quote_buckets
        where bucket < $as_of
        union all
        select min(bucket) as bucket
        from trade_paths
        where bucket < $as_of
    ) as firsts
