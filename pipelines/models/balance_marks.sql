-- grain: currency, observed_at
-- each balance snapshot, with what its bucket had moved before it: the running ledger just before
-- a snapshot is the sum of earlier ledger buckets and `ledger_in_bucket`, and what was reserved is
-- the sum of earlier trade paths and `reserved_in_bucket`, so neither needs a raw record
with
    last_snapshots as (
        select currency, label(observed_at) as bucket, max(observed_at) as observed_at
        from scoped_balances
        group by all
    ),
    moved as (
        select
            currency,
            label(created_at) as bucket,
            created_at as moved_at,
            delta as ledger,
            cast(0 as decimal(28, 8)) as reserved
        from scoped_ledger
        union all
        select
            currency,
            label(moved_at) as bucket,
            moved_at,
            cast(0 as decimal(28, 8)) as ledger,
            amount as reserved
        from scoped_holds
    ),
    -- What moved at the instant of a snapshot is not in it, as with windows.
    points as (
        select currency, bucket, moved_at as happened_at, 1 as place, ledger, reserved
        from moved
        join last_snapshots using (currency, bucket)
        where moved_at < observed_at
        union all
        select
            currency,
            label(observed_at) as bucket,
            observed_at as happened_at,
            0 as place,
            cast(0 as decimal(28, 8)) as ledger,
            cast(0 as decimal(28, 8)) as reserved
        from scoped_balances
    ),
    summed as (
        select
            currency,
            bucket,
            happened_at,
            place,
            cast(sum(ledger) over before as decimal(38, 8)) as ledger_in_bucket,
            cast(sum(reserved) over before as decimal(38, 8)) as reserved_in_bucket
        from points
        window
            before as (
                partition by currency, bucket
                order by happened_at, place
                rows between unbounded preceding and current row
            )
    )
select
    snapshots.day,
    summed.bucket,
    snapshots.currency,
    snapshots.observed_at,
    snapshots.visible_balance,
    snapshots.reserved_amount,
    coalesce(snapshots.available_for_new_quotes, snapshots.visible_balance) as balance_available,
    summed.ledger_in_bucket,
    summed.reserved_in_bucket
from summed
join
    scoped_balances as snapshots
    on snapshots.currency = summed.currency
    and snapshots.observed_at = summed.happened_at
where summed.place = 0
