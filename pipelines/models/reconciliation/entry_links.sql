-- grain: ledger entry that belongs to one trade by a durable id
select *
from links
union all
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
from claims
inner join unnamed as entries on entries.key_hash = claims.entry_hash
inner join story_trades as trades on trades.transact_hash = claims.transact_hash
where claims.claimants = 1
