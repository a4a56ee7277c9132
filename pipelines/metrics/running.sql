-- What each lane's trades had added up to from the first mark to each: what was created, and what
-- of it was kept: not failed or released on the local day of its creation, in each time zone a
-- daily band resets in. Only differences mean anything: between a day's start and a mark of that
-- day, kept grows by what uses the day's band.
with
    moved as (
        select lanes.lane_no, slots.segment, sum(buckets.accepted_volume) as accepted
        from trade_buckets as buckets
        join slots on slots.bucket = buckets.bucket
        join
            numbered_lanes as lanes
            on lanes.pool_id = buckets.pool_id
            and lanes.currency = buckets.currency
        group by 1, 2
        union all
        select lane_no, unnest(range(0, $last_segment)) as segment, 0 as accepted
        from numbered_lanes
    ),

    given_back as (
        select
            lanes.lane_no,
            created.segment as created_segment,
            departed.segment as left_segment,
            sum(paths.notional) as notional
        from trade_paths as paths
        join slots as created on created.bucket = paths.bucket
        join slots as departed on departed.bucket = greatest(paths.bucket, paths.left_bucket)
        join
            numbered_lanes as lanes
            on lanes.pool_id = paths.pool_id
            and lanes.currency = paths.currency
        where
            paths.left_status in ('failed', 'released')
            and paths.bucket >= $first_mark
            and paths.bucket < $last_mark
        group by 1, 2, 3
    ),

    fallen as (
        select
            created_day.zone_no,
            given_back.lane_no,
            given_back.left_segment as segment,
            sum(given_back.notional) as notional
        from given_back
        join day_segments as created_day on created_day.segment = given_back.created_segment
        join
            day_segments as left_day
            on left_day.segment = given_back.left_segment
            and left_day.day_no = created_day.day_no
        group by all
    ),

    zones as (select distinct zone_no from numbered_lanes),

    points as (
        select zone_no, lane_no, segment, accepted, accepted as kept
        from moved
        cross join zones
        union all
        select zone_no, lane_no, segment, 0 as accepted, - notional as kept
        from fallen
    ),

    steps as (
        select zone_no, lane_no, segment, sum(accepted) as accepted, sum(kept) as kept
        from points
        group by all
    )

select
    zone_no,
    lane_no,
    segment + 1 as mark,
    cast(sum(accepted) over so_far as decimal(38, 8)) as accepted_notional,
    cast(sum(kept) over so_far as decimal(38, 8)) as kept_notional
from steps
window so_far as (partition by zone_no, lane_no order by segment)
