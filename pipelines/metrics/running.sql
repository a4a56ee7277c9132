-- What each lane's trades had added up to before each mark: all that was ever created, what of it
-- was still reserved, and what of it was kept: not failed or released on the local day of its
-- creation, in each time zone a daily band resets in. Between a day's start and a mark of that
-- day, kept grows by what uses the day's band. A trade that left before it was created was never
-- reserved, so it leaves where it enters.
with
    moved as (
        select
            lane_no,
            created_segment as segment,
            sum(notional) as accepted,
            sum(trades) as trades,
            sum(notional) as notional
        from trade_cells
        group by 1, 2
        union all
        select
            lane_no,
            greatest(created_segment, left_segment) as segment,
            0 as accepted,
            - sum(trades) as trades,
            - sum(notional) as notional
        from trade_cells
        where left_segment is not null
        group by 1, 2
        union all
        select
            lane_no,
            unnest(range(0, $last_segment)) as segment,
            0 as accepted,
            0 as trades,
            0 as notional
        from numbered_lanes
    ),

    fallen as (
        select created_day.zone_no, cells.lane_no, left_day.segment, sum(cells.notional) as notional
        from trade_cells as cells
        join day_segments as created_day on created_day.segment = cells.created_segment
        join
            day_segments as left_day
            on left_day.segment = greatest(cells.created_segment, cells.left_segment)
            and left_day.day_no = created_day.day_no
        where cells.left_status in ('failed', 'released')
        group by all
    ),

    zones as (select distinct zone_no from numbered_lanes),

    points as (
        select zone_no, lane_no, segment, accepted, accepted as kept, trades, notional
        from moved
        cross join zones
        union all
        select
            zone_no, lane_no, segment, 0 as accepted, - notional as kept, 0 as trades, 0 as notional
        from fallen
    ),

    steps as (
        select
            zone_no,
            lane_no,
            segment,
            cast(sum(accepted) as decimal(38, 8)) as accepted,
            cast(sum(kept) as decimal(38, 8)) as kept,
            cast(sum(trades) as bigint) as trades,
            cast(sum(notional) as decimal(38, 8)) as notional
        from points
        group by all
    )

select
    zone_no,
    lane_no,
    segment + 1 as mark,
    cast(sum(accepted) over so_far as decimal(38, 8)) as accepted_notional,
    cast(sum(kept) over so_far as decimal(38, 8)) as kept_notional,
    cast(sum(trades) over so_far as bigint) as reserved_count,
    cast(sum(notional) over so_far as decimal(38, 8)) as reserved_notional
from steps
window so_far as (partition by zone_no, lane_no order by segment)
