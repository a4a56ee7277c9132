-- grain: currency, moment; the last pay-in before each moment asked about: its quarter of an hour,
-- and how much.
with
    pay_ins as (
        select currency, bucket, cast(sum(amount) as decimal(38, 8)) as amount
        from ledger_buckets
        where reason = 'payin_credit'
        group by currency, bucket
    )
select asked_balances.currency, asked_balances.moment, pay_ins.bucket, pay_ins.amount
from asked_balances
asof join
    pay_ins on pay_ins.currency = asked_balances.currency and pay_ins.bucket < asked_balances.moment
