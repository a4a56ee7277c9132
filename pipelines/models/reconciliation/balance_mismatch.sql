-- A balance that moved otherwise than the ledger says, until it is back where it was. Before trades
-- or entries are known there is nothing to compare it with.
select
    'balance_mismatch' as kind,
    'none' as match,
    currency,
    amount,
    observed_at as event_at,
    observed_at + getvariable('ledger_lateness') as opens_at,
    closes_at,
    concat_ws('/', currency, cast(observed_at as varchar)) as detail
from balance_steps
where observed_at >= getvariable('reconciled_from').ledger
