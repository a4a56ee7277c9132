-- What balances lost to trades by quarter of an hour: debits less refunds, as the ledger books
-- them.
-- Pay-ins are no demand and stand apart. Amounts as double: they feed forecasts only.
select
    currency,
    bucket,
    cast(sum(- amount) as double) as amount,
    cast(coalesce(sum(entries) filter (where reason = 'buy_debit'), 0) as bigint) as entries
from ledger_buckets
where reason in ('buy_debit', 'buy_refund') and bucket >= $start and bucket < $end
group by all
