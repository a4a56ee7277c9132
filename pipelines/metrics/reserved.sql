-- metric: reserved_notional
-- title: Reserved notional
-- formula: sum of fiat_amount of trades created before T that have not left reserved before T
-- unit: money
-- kind: stock
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: neutral
-- source: trades
-- is not: a flow; never add it over windows
--
-- metric: reserved_count
-- title: Reserved trades
-- formula: count of the trades in reserved_notional
-- unit: trades
-- kind: stock
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: neutral
-- source: trades
-- is not: a flow; never add it over windows
--
-- metric: oldest_reserved_age_s
-- title: Oldest reserved age
-- formula: T - created_at of the oldest trade in reserved_notional
-- unit: whole seconds
-- kind: stock
-- grain: pool, currency, window
-- null: null when nothing is reserved
-- direction: down_is_good
-- source: trades
-- is not: a mean waiting time
with
    -- Segment n begins at mark n; what was created before the first mark came in segment 0, and
    -- what had not left before the last mark left in the last segment. A trade that left in the
    -- segment it came in, or before it came, is reserved at no mark.
    cells as (
        select
            lanes.lane_no,
            case when paths.bucket < $first_mark then 0 else created.segment end as created_segment,
            case
                when paths.left_bucket is null or paths.left_bucket >= $last_mark
                then $last_segment
                else departed.segment
            end as left_segment,
            sum(paths.trades) as trades,
            sum(paths.notional) as notional,
            min(paths.oldest_created_at) as oldest_created_at
        from trade_paths as paths
        join
            numbered_lanes as lanes
            on lanes.pool_id = paths.pool_id
            and lanes.currency = paths.currency
        left join slots as created on created.bucket = paths.bucket
        left join slots as departed on departed.bucket = paths.left_bucket
        where
            paths.bucket < $last_mark
            and (paths.left_bucket is null or paths.left_bucket >= $first_mark)
        group by 1, 2, 3
    ),

    -- What is reserved at each mark: all that came before it and left at or after it.
    held as (
        select
            lane_no,
            unnest(range(created_segment + 1, left_segment + 1)) as closing_mark,
            trades,
            notional,
            oldest_created_at
        from cells
        where left_segment > created_segment
    ),

    totals as (
        select
            lane_no,
            closing_mark,
            sum(trades) as trades,
            sum(notional) as notional,
            min(oldest_created_at) as oldest_created_at
        from held
        group by 1, 2
    )

select
    grid.row_no,
    cast(coalesce(totals.notional, 0) as decimal(38, 8)) as reserved_notional,
    cast(coalesce(totals.trades, 0) as bigint) as reserved_count,
    divide(
        epoch_us(grid.closes_at) - epoch_us(totals.oldest_created_at), 1000000
    ) as oldest_reserved_age_s
from grid
left join totals on totals.lane_no = grid.lane_no and totals.closing_mark = grid.closing_mark
