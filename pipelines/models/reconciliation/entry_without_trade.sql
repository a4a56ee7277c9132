-- A debit or refund that no trade claims by a durable id; where several do, they are candidates.
with
    contested as (
        select claims.entry_hash, list(trades.transact_id order by trades.transact_id) as candidates
        from claims
        inner join story_trades as trades on trades.transact_hash = claims.transact_hash
        where claims.claimants > 1
        group by claims.entry_hash
    ),
    unclaimed as (
        select entries.*, contested.candidates
        from unnamed as entries
        anti join entry_links on entry_links.entry_hash = entries.key_hash
        left join contested on contested.entry_hash = entries.key_hash
    )
select
    case
        when reason = 'buy_debit' then 'debit_without_trade' else 'refund_without_trade'
    end as kind,
    'none' as match,
    currency,
    abs(delta) as amount,
    created_at as event_at,
    created_at + getvariable('ledger_lateness') as opens_at,
    transact_id,
    ref,
    ref_hash,
    entry_id,
    key_hash as entry_hash,
    transact_id is null
    and candidates is null
    and delta <> 0
    and (delta < 0) = (reason = 'buy_debit') as is_loose,
    candidates
from unclaimed
where created_at >= getvariable('reconciled_from').trades
