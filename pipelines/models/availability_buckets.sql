-- grain: pool_id, bucket
-- microseconds known available and known unavailable; a snapshot holds until the next one, at most
-- `availability_max_gap`, and the rest of the bucket is unknown
with
    followed as (
        select
            pool_id,
            observed_at,
            available,
            lead(observed_at) over by_pool as next_observed_at,
            lag(available) over by_pool as previous_available
        from scoped_availability
        window by_pool as (partition by pool_id order by observed_at)
    ),
    held as (
        select
            *,
            least(
                coalesce(next_observed_at, observed_at + getvariable('availability_max_gap')),
                observed_at + getvariable('availability_max_gap')
            ) as held_until
        from followed
    ),
    edges as (
        select
            *,
            list_distinct(
                list_concat(
                    [observed_at],
                    list_filter(
                        list_concat(
                            generate_series(
                                quarter_hour(observed_at), held_until, interval 15 minute
                            ),
                            cast(getvariable('cuts') as timestamp[])
                        ),
                        lambda edge:edge > observed_at and edge < held_until
                    )
                )
            ) as starts
        from held
    ),
    started as (select *, unnest(starts) as piece_start from edges),
    pieces as (
        select
            pool_id,
            available,
            piece_start,
            coalesce(
                list_min(list_filter(starts, lambda edge:edge > piece_start)), held_until
            ) as piece_end,
            piece_start = observed_at and available and not previous_available as is_reopening
        from started
    ),
    measured as (select *, date_diff('microsecond', piece_start, piece_end) as piece_us from pieces)
select
    cast(piece_start as date) as day,
    label(piece_start) as bucket,
    pool_id,
    cast(coalesce(sum(piece_us) filter (available), 0) as bigint) as available_us,
    cast(coalesce(sum(piece_us) filter (not available), 0) as bigint) as unavailable_us,
    max(piece_start) filter (is_reopening) as reopened_at
from measured
group by all
