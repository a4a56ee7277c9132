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
    created as (
        select
            cells.lane_no * $window_count + window_segments.window_no as row_no,
            sum(trades) as trades_created,
            sum(notional) as accepted_volume,
            max(largest_amount) as largest_trade
        from trade_cells as cells
        join window_segments on window_segments.segment = cells.created_segment
        group by 1
    ),

    departed as (
        select
            cells.lane_no * $window_count + window_segments.window_no as row_no,
            sum(trades) as left_reserved_trades,
            sum(trades) filter (where left_status = 'settled') as settled_trades,
            sum(trades) filter (where left_status = 'failed') as failed_trades,
            sum(trades) filter (where left_status = 'released') as released_trades,
            sum(notional) filter (where left_status = 'settled') as settled_volume,
            sum(notional) filter (where left_status = 'failed') as failed_volume,
            sum(notional) filter (where left_status = 'released') as released_volume
        from trade_cells as cells
        join window_segments on window_segments.segment = cells.left_segment
        group by 1
    ),

    returned as (
        select
            cells.lane_no * $window_count + window_segments.window_no as row_no,
            sum(trades) as returned_trades,
            sum(notional) as returned_volume
        from trade_cells as cells
        join window_segments on window_segments.segment = cells.returned_segment
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
left join created on created.row_no = grid.row_no
left join departed on departed.row_no = grid.row_no
left join returned on returned.row_no = grid.row_no
