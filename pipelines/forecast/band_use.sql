-- What had been used of a daily band after each quarter of an hour in which that changed, on each
-- local day asked about. A trade that fails or is released on the day of its creation is taken off
-- again. Added up exact, then as double: it feeds forecasts, and no figure of record.
with
    moved as (
        select pool_id, currency, bucket as made, bucket, notional as amount
        from trade_paths
        where bucket >= $start and bucket < $end
        union all
        select
            pool_id,
            currency,
            bucket as made,
            greatest(bucket, left_bucket) as bucket,
            - notional as amount
        from trade_paths
        where left_status in ('failed', 'released') and bucket >= $start and bucket < $end
    ),
    changes as (
        select
            asked_series.series,
            asked_days.number,
            moved.bucket,
            cast(sum(moved.amount) as decimal(38, 8)) as amount
        from moved
        join
            asked_series
            on asked_series.pool_id = moved.pool_id
            and asked_series.currency = moved.currency
        join
            asked_days
            on asked_days.time_zone = asked_series.time_zone
            and asked_days.day_start <= moved.made
            and asked_days.day_end > moved.made
            and asked_days.day_end > moved.bucket
        group by all
    )
select
    series,
    number,
    bucket,
    cast(
        cast(
            sum(amount) over (
                partition by series, number order by bucket rows unbounded preceding
            ) as decimal(38, 8)
        ) as double
    ) as used
from changes
where bucket < $end
order by series, bucket
