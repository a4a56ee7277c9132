-- What the trades and a pay-in of each day move; one debit in fifty thousand is missing.
select
    printf('en_%012d_%s', number, reason) as entry_id,
    currency,
    delta,
    reason,
    quote_id as ref,
    booked_at
from
    (
        select
            number,
            currency,
            quote_id,
            unnest(['buy_debit', 'buy_refund', 'buy_refund']) as reason,
            unnest([- amount, amount, amount]) as delta,
            unnest(
                [
                    if(hash(number, 7) % 50000 <> 0, created_at + interval 2 second, null),
                    if(ending <> 'settled', left_at + interval 2 second, null),
                    returned_at + interval 2 second
                ]
            ) as booked_at
        from ({query})
    )
where booked_at is not null
union all
select
    format('in_{{}}_{{}}', currency, day) as entry_id,
    currency,
    cast(ceil($rows / ($seconds / 86400)) * 75 as decimal(28, 8)) as delta,
    'payin_credit' as reason,
    format('fund_{{}}_{{}}', currency, day) as ref,
    cast($start as timestamp) + day * interval 1 day + interval 6 hour as booked_at
from range(cast($seconds / 86400 as bigint)) as days(day)
cross join (values ('EUR'), ('GBP')) as currencies(currency)
