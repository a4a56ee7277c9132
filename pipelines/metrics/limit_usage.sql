-- metric: velocity_24h_usage
-- title: Velocity usage, 24 h
-- formula: fiat_amount of trades created in [T - 24 h, T) over velocity_24h in force at T
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null when no velocity_24h is in force or it is 0
-- direction: neutral
-- source: trades, limits
-- is not: reduced by trades that failed
--
-- metric: max_order_usage
-- title: Largest order usage
-- formula: largest fiat_amount of a trade created in W over max_order in force at T
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without a trade in W or without a max_order
-- direction: neutral
-- source: trades, limits
-- is not: converted between currencies
with
    spent as (
        select
            closings.zone_no,
            closings.window_no,
            closing.lane_no,
            lanes.currency,
            closing.accepted_notional - day_ago.accepted_notional as accepted_notional
        from day_closings as closings
        join
            running as closing
            on closing.zone_no = closings.zone_no
            and closing.mark = closings.closing_mark
        join
            running as day_ago
            on day_ago.zone_no = closings.zone_no
            and day_ago.mark = closings.day_ago_mark
            and day_ago.lane_no = closing.lane_no
        join numbered_lanes as lanes on lanes.lane_no = closing.lane_no
    ),

    spent_together as (
        select zone_no, window_no, currency, sum(accepted_notional) as accepted_notional
        from spent
        group by all
    ),

    -- What counts against each limit in force: a shared one is used by all pools of its currency.
    levels as (
        select
            grid.row_no,
            velocities.value as velocity_24h_limit,
            case
                when velocities.is_shared
                then spent_together.accepted_notional
                else spent.accepted_notional
            end as velocity_24h_used,
            orders.value as max_order_limit,
            execution.largest_trade as max_order_used
        from grid
        join execution on execution.row_no = grid.row_no
        join
            spent
            on spent.zone_no = grid.zone_no
            and spent.window_no = grid.window_no
            and spent.lane_no = grid.lane_no
        left join
            spent_together
            on spent_together.zone_no = grid.zone_no
            and spent_together.window_no = grid.window_no
            and spent_together.currency = grid.currency
        left join
            limit_steps as velocities
            on velocities.limit_name = 'velocity_24h'
            and velocities.lane_no = grid.lane_no
            and velocities.in_force_from <= grid.closes_at
            and velocities.in_force_to > grid.closes_at
        left join
            limit_steps as orders
            on orders.limit_name = 'max_order'
            and orders.lane_no = grid.lane_no
            and orders.in_force_from <= grid.closes_at
            and orders.in_force_to > grid.closes_at
    ),

    divided as (
        select
            *,
            ratios(
                [
                    {'top':velocity_24h_used, 'bottom':velocity_24h_limit},
                    {'top':max_order_used, 'bottom':max_order_limit}
                ]
            ) as usages
        from levels
    )

select
    row_no,
    usages[1] as velocity_24h_usage,
    usages[2] as max_order_usage,
    cast(velocity_24h_used as decimal(38, 8)) as velocity_24h_used,
    cast(max_order_used as decimal(38, 8)) as max_order_used,
    cast(velocity_24h_limit as decimal(38, 8)) as velocity_24h_limit,
    cast(max_order_limit as decimal(38, 8)) as max_order_limit,
    cast(velocity_24h_limit - velocity_24h_used as decimal(38, 8)) as velocity_24h_room,
    cast(max_order_limit - max_order_used as decimal(38, 8)) as max_order_room
from divided
