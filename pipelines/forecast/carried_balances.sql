-- grain: currency, moment; the balance of the last snapshot before each moment asked about, moved
-- by
-- what the ledger booked since. Null before the first snapshot, and before any ledger.
with
    booked as (
        select
            currency,
            bucket,
            cast(
                sum(sum(amount)) over (
                    partition by currency order by bucket rows unbounded preceding
                ) as decimal(38, 8)
            ) as booked
        from ledger_buckets
        group by currency, bucket
    ),
    held as (
        select
            asked_balances.currency,
            asked_balances.moment,
            marks.bucket,
            marks.balance_available - marks.ledger_in_bucket as balance
        from asked_balances
        asof join
            balance_marks as marks
            on marks.currency = asked_balances.currency
            and marks.observed_at < asked_balances.moment
    ),
    begun as (select min(bucket) as first_bucket from ledger_buckets)
select
    held.currency,
    held.moment,
    case
        when begun.first_bucket <= held.moment
        then
            cast(
                held.balance
                + coalesce(later.booked, 0)
                - coalesce(earlier.booked, 0) as decimal(38, 8)
            )
    end as balance
from held
cross join begun
asof left join
    booked as earlier on earlier.currency = held.currency and earlier.bucket < held.bucket
asof left join booked as later on later.currency = held.currency and later.bucket < held.moment
