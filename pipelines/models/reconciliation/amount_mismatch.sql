-- Entries of a trade that do not come to its amount; the amount is what the ledger has too much or,
-- below zero, too little. Where currencies differ there is no difference to state: the
-- trade's amount stands there.
select
    'amount_mismatch' as kind,
    'durable' as match,
    suspects.pool_id,
    suspects.currency,
    case
        when not entries.is_one_currency
        then suspects.fiat_amount
        when entries.nth = 1
        then entries.distinct_delta - entries.expected_delta
        else entries.delta
    end as amount,
    entries.created_at as event_at,
    entries.created_at + getvariable('ledger_lateness') as opens_at,
    case when entries.is_split then entries.completed_at end as closes_at,
    suspects.transact_id,
    suspects.quote_id,
    entries.entry_id,
    suspects.partner_reference,
    suspects.transact_hash,
    entries.entry_hash
from ranked_entries as entries
inner join suspects using (transact_hash)
where
    not entries.is_exact
    and (entries.reason = 'buy_debit' or suspects.refundable_at is not null)
    and case
        when entries.nth = 1
        then not entries.is_split or entries.completed_at > opens_at
        else entries.is_first_exact and entries.delta <> entries.first_delta
    end
