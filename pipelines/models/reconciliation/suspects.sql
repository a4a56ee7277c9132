-- grain: trade whose entries are not just what is expected of it, in time
select
    trades.*,
    coalesce(books.debits, 0) as debits,
    books.debited_at,
    coalesce(books.refunds, 0) as refunds,
    books.refunded_at
from story_trades as trades
left join trade_books as books using (transact_hash)
where
    coalesce(books.debits, 0) <> 1
    or books.exact_debits <> 1
    or books.debited_at > trades.created_at + getvariable('ledger_lateness')
    or books.debited_at < trades.created_at - getvariable('ledger_lateness')
    or books.refunds <> case when trades.refundable_at is null then 0 else 1 end
    or books.exact_refunds <> books.refunds
    or books.refunded_at > trades.refundable_at + getvariable('ledger_lateness')
    or books.refunded_at < trades.refundable_at - getvariable('ledger_lateness')
