-- A trade whose debit is not in the ledger, or came later than is allowed.
select
    'trade_without_debit' as kind,
    'none' as match,
    pool_id,
    currency,
    fiat_amount as amount,
    created_at as event_at,
    created_at + getvariable('ledger_lateness') as opens_at,
    debited_at as closes_at,
    transact_id,
    quote_id,
    partner_reference,
    transact_hash,
    debits = 0 as is_loose
from suspects
where
    created_at >= getvariable('reconciled_from').ledger
    and (debits = 0 or debited_at > created_at + getvariable('ledger_lateness'))
