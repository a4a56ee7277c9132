-- grain: currency, moment; the balance of the last snapshot before each moment asked about, moved
-- by
-- what the ledger booked since. Null before the first snapshot, and without any ledger.
with
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
    )
select
    held.currency,
    held.moment,
    case
        when (select count(*) > 0 from ledger_buckets where bucket < $as_of)
        then cast(any_value(held.balance) + coalesce(sum(entries.amount), 0) as decimal(38, 8))
    end as balance
from held
left join
    ledger_buckets as entries
    on entries.currency = held.currency
    and entries.bucket >= held.bucket
    and entries.bucket < held.moment
group by held.currency, held.moment
