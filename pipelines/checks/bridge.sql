-- check: bridge
-- severity: warning
-- days of: -
-- says: opening + pay-ins - debits + refunds = closing, for each currency and day
-- do: see `unexplained` in the bridge of that day, and the balance's exceptions
with
    points as (
        select
            currency,
            bucket,
            1 as place,
            cast(null as timestamp) as observed_at,
            amount,
            cast(null as decimal(28, 8)) as balance
        from serving.ledger_buckets
        union all
        select
            currency,
            bucket,
            0 as place,
            observed_at,
            ledger_in_bucket as amount,
            balance_available as balance
        from serving.balance_marks
    ),
    running as (
        select
            currency,
            observed_at,
            balance,
            place,
            cast(
                coalesce(sum(amount) filter (place = 1) over before, 0) + amount as decimal(38, 8)
            ) as ledger
        from points
        where exists (select day from serving.ledger_buckets)
        window
            before as (
                partition by currency
                order by bucket, place
                rows between unbounded preceding and current row
            )
    ),
    closings as (
        select
            cast(observed_at as date) as day,
            currency,
            arg_max(balance, observed_at) as balance,
            arg_max(ledger, observed_at) as ledger
        from running
        where place = 0
        group by all
    ),
    followed as (
        select
            day,
            currency,
            balance,
            cast(
                lag(balance) over by_day + ledger - lag(ledger) over by_day as decimal(38, 8)
            ) as explained
        from closings
        window by_day as (partition by currency order by day)
    )
select day, currency as subject, explained::varchar as expected, balance::varchar as found
from followed
where explained <> balance
