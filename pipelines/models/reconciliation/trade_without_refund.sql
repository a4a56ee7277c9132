-- A failed, released or returned trade whose refund is not in the ledger, or came too late.
select
    'trade_without_refund' as kind,
    'none' as match,
    pool_id,
    currency,
    fiat_amount as amount,
    refundable_at as event_at,
    refundable_at + getvariable('ledger_lateness') as opens_at,
    refunded_at as closes_at,
    transact_id,
    quote_id,
    partner_reference,
    transact_hash,
    refunds = 0 as is_loose
from suspects
where
    refundable_at >= getvariable('reconciled_from').ledger
    and (refunds = 0 or refunded_at > refundable_at + getvariable('ledger_lateness'))
