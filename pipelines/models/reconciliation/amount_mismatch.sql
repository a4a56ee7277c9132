-- Entries of a trade that do not come to its amount; the amount is what the ledger has too much or,
-- below zero, too little. Payments in parts are one where the last part came too late.
select
    'amount_mismatch' as kind,
    'durable' as match,
    suspects.pool_id,
    case when entries.nth = 1 then suspects.currency else entries.currency end as currency,
    case
        when entries.adds_up and entries.is_own
        then entries.early_delta - entries.expected_delta
        when entries.nth = 1
        then entries.distinct_delta - entries.expected_delta
        else entries.delta
    end as amount,
    entries.created_at as event_at,
    entries.created_at + getvariable('ledger_lateness') as opens_at,
    case when entries.adds_up and entries.is_own then entries.completed_at end as closes_at,
    suspects.transact_id,
    suspects.quote_id,
    entries.entry_id,
    suspects.partner_reference,
    suspects.transact_hash,
    entries.entry_hash
from ranked_entries as entries
inner join suspects using (transact_hash)
where
    not entries.is_again
    and amount <> 0
    and (entries.reason = 'buy_debit' or suspects.refundable_at is not null)
    and case
        when entries.adds_up and entries.is_own
        then entries.is_earliest
        when entries.nth = 1
        then not entries.is_exact
        else entries.is_first_exact or not entries.is_own
    end
