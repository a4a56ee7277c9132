-- check: balance_rows
-- severity: warning
-- days of: books
-- says: a snapshot's visible balance is what is reserved and what is available together
-- do: ask whoever exports the balances; the rows are kept as they came
select
    day,
    concat_ws(' ', currency, observed_at) as subject,
    visible_balance::varchar as expected,
    (reserved_amount + available_for_new_quotes)::varchar as found
from serving.balances
where
    day in (select day from checked_days)
    and visible_balance <> reserved_amount + available_for_new_quotes
