-- grain: pool_id, currency, day of creation, bucket in which anything moved
-- what the trades created on a day did in each bucket: flows, additive over any buckets
with
    moved as (
        select
            day,
            pool_id,
            currency,
            bucket,
            trades as trades_created,
            notional as accepted_volume,
            largest_amount as largest_trade,
            null as left_status,
            0 as left_trades,
            0 as left_volume,
            0 as returned_trades,
            0 as returned_volume
        from {catalog}.trade_paths
        where day in (select day from flow_days)
        union all
        select day, pool_id, currency, left_bucket, 0, 0, null, left_status, trades, notional, 0, 0
        from {catalog}.trade_paths
        where day in (select day from flow_days) and left_bucket is not null
        union all
        select day, pool_id, currency, returned_bucket, 0, 0, null, null, 0, 0, trades, notional
        from {catalog}.trade_paths
        where day in (select day from flow_days) and returned_bucket is not null
    )

select
    day,
    bucket,
    pool_id,
    currency,
    cast(sum(trades_created) as bigint) as trades_created,
    cast(sum(accepted_volume) as decimal(38, 8)) as accepted_volume,
    max(largest_trade) as largest_trade,
    cast(sum(left_trades) as bigint) as left_reserved_trades,
    cast(
        coalesce(sum(left_trades) filter (left_status = 'settled'), 0) as bigint
    ) as settled_trades,
    cast(coalesce(sum(left_trades) filter (left_status = 'failed'), 0) as bigint) as failed_trades,
    cast(
        coalesce(sum(left_trades) filter (left_status = 'released'), 0) as bigint
    ) as released_trades,
    cast(
        coalesce(sum(left_volume) filter (left_status = 'settled'), 0) as decimal(38, 8)
    ) as settled_volume,
    cast(
        coalesce(sum(left_volume) filter (left_status = 'failed'), 0) as decimal(38, 8)
    ) as failed_volume,
    cast(
        coalesce(sum(left_volume) filter (left_status = 'released'), 0) as decimal(38, 8)
    ) as released_volume,
    cast(sum(returned_trades) as bigint) as returned_trades,
    cast(sum(returned_volume) as decimal(38, 8)) as returned_volume
from moved
group by all
