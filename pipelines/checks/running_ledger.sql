-- check: running_ledger
-- severity: error
-- days of: books
-- says: what the ledger moved on a day before a balance snapshot is what its entries add up to
-- do: run `utilization rebuild`
with
    entries as (
        select
            day,
            currency,
            created_at as moved_at,
            1 as place,
            delta as told,
            cast(0 as decimal(38, 8)) as stored
        from facts.ledger
        where day in (select day from checked_days)
    ),
    snapshots as (
        select day, currency, observed_at
        from facts.balances
        where day in (select day from checked_days)
    ),
    told as (
        select
            day,
            currency,
            moved_at as observed_at,
            place,
            cast(sum(told) over before as decimal(38, 8)) as amount
        from
            (
                select day, currency, moved_at, place, told
                from entries
                union all
                select day, currency, observed_at, 0, 0
                from snapshots
            )
        window
            before as (
                partition by day, currency
                order by moved_at, place
                rows between unbounded preceding and current row
            )
    ),
    stored as (
        select
            day,
            currency,
            observed_at,
            place,
            cast(
                coalesce(sum(amount) filter (place = 1) over before, 0) + amount as decimal(38, 8)
            ) as amount
        from
            (
                select day, currency, bucket, null as observed_at, 1 as place, amount
                from serving.ledger_buckets
                where day in (select day from checked_days)
                union all
                select day, currency, bucket, observed_at, 0 as place, ledger_in_bucket
                from serving.balance_marks
                where day in (select day from checked_days)
            )
        window
            before as (
                partition by day, currency
                order by bucket, place
                rows between unbounded preceding and current row
            )
    )
select
    day,
    concat_ws(' ', currency, observed_at) as subject,
    coalesce(told.amount::varchar, 'no snapshot') as expected,
    coalesce(stored.amount::varchar, 'no snapshot') as found
from (from told where place = 0) as told
full join (from stored where place = 0) as stored using (day, currency, observed_at)
where told.amount::varchar is distinct from stored.amount::varchar
