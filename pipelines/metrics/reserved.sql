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
    spans as (
        select
            lane_no,
            created_segment,
            coalesce(left_segment, $last_segment) as left_segment,
            min(oldest_created_at) as oldest_created_at
        from trade_cells
        where left_segment is null or left_segment > created_segment
        group by all
    ),

    -- In order of creation, a span is the oldest only at marks that no earlier one reaches.
    reaches as (
        select
            *,
            coalesce(
                max(left_segment) over (
                    partition by lane_no
                    order by oldest_created_at, left_segment desc
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as reached_mark
        from spans
    ),

    oldest as (
        select
            lane_no,
            oldest_created_at,
            unnest(
                range(greatest(created_segment, reached_mark) + 1, left_segment + 1)
            ) as closing_mark
        from reaches
        where left_segment > reached_mark
    )

select
    grid.row_no,
    running.reserved_notional,
    running.reserved_count,
    divide(
        epoch_us(grid.closes_at) - epoch_us(oldest.oldest_created_at), 1000000
    ) as oldest_reserved_age_s
from grid
join
    running
    on running.zone_no = grid.zone_no
    and running.lane_no = grid.lane_no
    and running.mark = grid.closing_mark
left join oldest on oldest.lane_no = grid.lane_no and oldest.closing_mark = grid.closing_mark
