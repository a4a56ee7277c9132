-- An entry booked once too often: another of the same trade, reason and amount stands before it.
-- A refund booked once too often takes a debit back and closes it.
select
    'duplicate_entry' as kind,
    'durable' as match,
    suspects.pool_id,
    entries.currency,
    abs(entries.delta) as amount,
    entries.created_at as event_at,
    entries.created_at as opens_at,
    case
        when netted.created_at is not null then greatest(netted.created_at, entries.created_at)
    end as closes_at,
    suspects.transact_id,
    suspects.quote_id,
    entries.entry_id,
    suspects.partner_reference,
    suspects.transact_hash,
    entries.entry_hash
from ranked_entries as entries
inner join suspects using (transact_hash)
left join netted on netted.debit_hash = entries.entry_hash
anti join netted as taken on taken.refund_hash = entries.entry_hash
where entries.is_again and (entries.reason = 'buy_debit' or suspects.refundable_at is not null)
