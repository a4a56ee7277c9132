-- grain: currency, observed_at; the first snapshot of a currency, and each at which the difference
-- between its balance and the ledger before it is another than at the snapshot before
with
    points as (
        select
            currency,
            bucket,
            1 as place,
            cast(null as timestamp) as observed_at,
            cast(null as decimal(28, 8)) as balance_available,
            amount as ledger
        from {catalog}.ledger_buckets
        union all
        select currency, bucket, 0 as place, observed_at, balance_available, ledger_in_bucket
        from {catalog}.balance_marks
    ),
    running as (
        select
            currency,
            observed_at,
            balance_available,
            place,
            ledger,
            cast(
                coalesce(sum(ledger) filter (place = 1) over before, 0) as decimal(38, 8)
            ) as ledger_before
        from points
        window
            before as (
                partition by currency
                order by bucket, place
                rows between unbounded preceding and current row
            )
    ),
    differences as (
        select
            currency,
            observed_at,
            cast(balance_available - ledger_before - ledger as decimal(38, 8)) as difference
        from running
        where place = 0
    ),
    followed as (
        select
            *,
            lag(observed_at) over by_currency as previous_observed_at,
            lag(difference) over by_currency as previous_difference
        from differences
        window by_currency as (partition by currency order by observed_at)
    )
select currency, observed_at, previous_observed_at, difference
from followed
where difference is distinct from previous_difference
order by currency, observed_at
