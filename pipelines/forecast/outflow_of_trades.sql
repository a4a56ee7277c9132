-- The same as trades tell it, for a partner without a ledger: a trade is taken from what is
-- available when it is created, and given back when it fails, is released or is returned.
with
    moved as (
        select currency, bucket, notional as amount, trades as entries
        from trade_paths
        union all
        select currency, greatest(bucket, left_bucket) as bucket, - notional as amount, 0 as entries
        from trade_paths
        where left_status in ('failed', 'released')
        union all
        select currency, returned_bucket as bucket, - notional as amount, 0 as entries
        from trade_paths
        where returned_bucket is not null
    )
select
    currency, bucket, cast(sum(amount) as double) as amount, cast(sum(entries) as bigint) as entries
from moved
where bucket >= $start and bucket < $end
group by all
