-- A refund of a trade that was not undone, or was undone much later; and a debit much before its
-- trade. The ledger names the trade, so these are durable.
select
    case
        when entries.reason = 'buy_debit' then 'debit_without_trade' else 'refund_without_trade'
    end as kind,
    'durable' as match,
    suspects.pool_id,
    entries.currency,
    abs(entries.delta) as amount,
    entries.created_at as event_at,
    entries.created_at + getvariable('ledger_lateness') as opens_at,
    case
        when entries.reason = 'buy_debit' then suspects.created_at else suspects.refundable_at
    end as closes_at,
    suspects.transact_id,
    suspects.quote_id,
    entries.entry_id,
    suspects.partner_reference,
    suspects.transact_hash,
    entries.entry_hash
from ranked_entries as entries
inner join suspects using (transact_hash)
anti join netted on netted.refund_hash = entries.entry_hash
where
    entries.created_at >= getvariable('reconciled_from').trades
    and (
        (entries.reason = 'buy_refund' and suspects.refundable_at is null)
        or (entries.nth = 1 and closes_at > entries.created_at + getvariable('ledger_lateness'))
    )
