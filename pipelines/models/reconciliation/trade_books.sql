-- grain: trade with ledger entries: what was booked for it
select
    transact_hash,
    count(*) filter (reason = 'buy_debit') as debits,
    count(*) filter (reason = 'buy_debit' and is_exact) as exact_debits,
    min(created_at) filter (reason = 'buy_debit') as debited_at,
    count(*) filter (reason = 'buy_refund') as refunds,
    count(*) filter (reason = 'buy_refund' and is_exact) as exact_refunds,
    min(created_at) filter (reason = 'buy_refund') as refunded_at
from entry_links
group by transact_hash
