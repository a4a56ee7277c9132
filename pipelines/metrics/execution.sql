-- metric: trades_created
-- title: Trades created
-- formula: count of trades with created_at in W
-- unit: trades
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: up_is_good
-- source: trades
-- is not: settled trades
--
-- metric: accepted_volume
-- title: Accepted volume
-- formula: sum of fiat_amount of trades created in W
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: up_is_good
-- source: trades
-- is not: settled money
--
-- metric: settled_volume
-- title: Settled volume
-- formula: sum of fiat_amount of trades that settled in W
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: up_is_good
-- source: trades
-- is not: net of later returns; see net_settled_volume
--
-- metric: failed_volume
-- title: Failed volume
-- formula: sum of fiat_amount of trades that failed in W
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: trades
-- is not: failed quote attempts
--
-- metric: released_volume
-- title: Released volume
-- formula: sum of fiat_amount of trades released in W
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: trades
-- is not: settled money
--
-- metric: returned_volume
-- title: Returned volume
-- formula: sum of fiat_amount of settled trades returned in W
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: trades
-- is not: taken from the window in which the trade settled
--
-- metric: net_settled_volume
-- title: Net settled volume
-- formula: settled_volume - returned_volume
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none; negative when more returned than settled
-- direction: up_is_good
-- source: trades
-- is not: revenue
with
    by_window as (
        select
            lanes.lane_no * $window_count + window_buckets.window_no as row_no,
            sum(trades_created) as trades_created,
            sum(settled_trades) as settled_trades,
            sum(failed_trades) as failed_trades,
            sum(released_trades) as released_trades,
            sum(returned_trades) as returned_trades,
            sum(left_reserved_trades) as left_reserved_trades,
            sum(accepted_volume) as accepted_volume,
            sum(settled_volume) as settled_volume,
            sum(failed_volume) as failed_volume,
            sum(released_volume) as released_volume,
            sum(returned_volume) as returned_volume,
            max(largest_trade) as largest_trade
        from trade_buckets as buckets
        join window_buckets on window_buckets.bucket = buckets.bucket
        join
            numbered_lanes as lanes
            on lanes.pool_id = buckets.pool_id
            and lanes.currency = buckets.currency
        group by 1
    )

select
    grid.row_no,
    cast(coalesce(trades_created, 0) as bigint) as trades_created,
    cast(coalesce(settled_trades, 0) as bigint) as settled_trades,
    cast(coalesce(failed_trades, 0) as bigint) as failed_trades,
    cast(coalesce(released_trades, 0) as bigint) as released_trades,
    cast(coalesce(returned_trades, 0) as bigint) as returned_trades,
    cast(coalesce(left_reserved_trades, 0) as bigint) as left_reserved_trades,
    cast(coalesce(accepted_volume, 0) as decimal(38, 8)) as accepted_volume,
    cast(coalesce(settled_volume, 0) as decimal(38, 8)) as settled_volume,
    cast(coalesce(failed_volume, 0) as decimal(38, 8)) as failed_volume,
    cast(coalesce(released_volume, 0) as decimal(38, 8)) as released_volume,
    cast(coalesce(returned_volume, 0) as decimal(38, 8)) as returned_volume,
    cast(
        coalesce(settled_volume, 0) - coalesce(returned_volume, 0) as decimal(38, 8)
    ) as net_settled_volume,
    largest_trade
from grid
left join by_window on by_window.row_no = grid.row_no
