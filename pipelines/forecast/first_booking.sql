-- The first quarter of an hour in which a ledger tells what a balance lost to trades.
select min(bucket) as first_bucket from ledger_buckets where reason in ('buy_debit', 'buy_refund')
