-- metric: availability_minutes
-- title: Available minutes
-- formula: minutes of W up to as_of in which the last snapshot said available
-- unit: minutes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when no snapshot covers W
-- direction: up_is_good
-- source: availability
-- is not: an SLA; every currency row of a pool carries the pool's minutes
--
-- metric: unavailable_minutes
-- title: Unavailable minutes
-- formula: minutes of W up to as_of in which the last snapshot said unavailable
-- unit: minutes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when no snapshot covers W
-- direction: down_is_good
-- source: availability
-- is not: time without snapshots; that is unknown_minutes
--
-- metric: unknown_minutes
-- title: Unknown minutes
-- formula: minutes of W up to as_of covered by no snapshot younger than the largest gap
-- unit: minutes
-- kind: flow
-- grain: pool, currency, window
-- null: never; all of W when there is no snapshot
-- direction: down_is_good
-- source: availability
-- is not: an outage
--
-- metric: reopened_at
-- title: Reopened at
-- formula: last snapshot in W that is available and follows an unavailable one
-- unit: time
-- kind: flow
-- grain: pool, currency, window
-- null: null when the lane did not reopen in W
-- direction: neutral
-- source: availability
-- is not: the first opening
with
    by_window as (
        select
            buckets.pool_id,
            window_buckets.window_no,
            sum(buckets.available_us) as available_us,
            sum(buckets.unavailable_us) as unavailable_us,
            max(buckets.reopened_at) as reopened_at
        from availability_buckets as buckets
        join window_buckets on window_buckets.bucket = buckets.bucket
        group by all
    ),

    divided as (
        select
            grid.row_no,
            by_window.reopened_at,
            ratios(
                [
                    {'top':coalesce(available_us, 0), 'bottom':60000000},
                    {'top':coalesce(unavailable_us, 0), 'bottom':60000000},
                    {'top':elapsed_us, 'bottom':60000000}
                ]
            ) as minutes
        from grid
        left join
            by_window on by_window.pool_id = grid.pool_id and by_window.window_no = grid.window_no
    )

select
    row_no,
    minutes[1] as availability_minutes,
    minutes[2] as unavailable_minutes,
    -- Subtracted as printed, so that the three add up to the window in the last digit too.
    cast(minutes[3] - minutes[1] - minutes[2] as decimal(38, 6)) as unknown_minutes,
    reopened_at
from divided
