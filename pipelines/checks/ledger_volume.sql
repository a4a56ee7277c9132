-- check: ledger_volume
-- severity: error
-- days of: books
-- says: the ledger entries of a day add up to what was told of it, to the last digit
-- do: run `utilization rebuild`
with
    stored as (
        select day, currency, reason, sum(entries) as entries, sum(amount) as amount
        from serving.ledger_buckets
        where day in (select day from checked_days)
        group by all
    ),
    told as (
        select day, currency, reason, count(*) as entries, sum(delta) as amount
        from facts.ledger
        where day in (select day from checked_days)
        group by all
    ),
    texts as (
        select
            day,
            currency,
            reason,
            concat_ws(' ', coalesce(told.entries, 0), coalesce(told.amount, 0)) as expected,
            concat_ws(' ', coalesce(stored.entries, 0), coalesce(stored.amount, 0)) as found
        from told
        full join stored using (day, currency, reason)
    )
select day, concat_ws(' ', currency, reason) as subject, expected, found
from texts
where expected <> found
