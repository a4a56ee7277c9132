-- grain: ledger entry that names the quote of one trade, and of no other: nearly every one
with shared as (select quote_hash from story_trades group by quote_hash having count(*) > 1)
select
    entries.key_hash as entry_hash,
    entries.entry_id,
    entries.reason,
    entries.currency,
    entries.delta,
    entries.created_at,
    trades.transact_hash,
    case
        when entries.reason = 'buy_debit' then - trades.fiat_amount else trades.fiat_amount
    end as expected_delta,
    entries.currency = trades.currency and entries.delta = expected_delta as is_exact
from story_entries as entries
inner join
    story_trades as trades on trades.quote_hash = entries.ref_hash and trades.quote_id = entries.ref
where entries.reason <> 'payin_credit' and trades.quote_hash not in (select quote_hash from shared)
