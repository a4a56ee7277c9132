select
    'lumen-wallet' as partner_id,
    'production' as environment,
    format('en_{:012d}_{}', $first + number, reason) as entry_id,
    if(number % 3 = 0, 'GBP', 'EUR') as currency,
    format('{}{}.{:02d}', sign, hash(number) % 100000, hash(number, 2) % 100) as delta,
    reason,
    -- One in a hundred has lost its ids; one in a thousand, below, is missing.
    if(
        number % 100 = 51,
        format('bank_{:012d}', $first + number),
        format('q_{:012d}', $first + number)
    ) as ref,
    strftime(instant + held, '%Y-%m-%dT%H:%M:%S.%fZ') as created_at
from
    (
        select
            number,
            cast($start as timestamp)
            + to_microseconds(cast(number * ($seconds * 1e6) / $rows as bigint)) as instant
        from range($rows) as counted(number)
    )
inner join
    (
        values
            ('buy_debit', '-', interval 20 second),
            ('buy_refund', '', interval 11 minute)
    ) as reasons(reason, sign, held)
    on reason = 'buy_debit'
    or number % 16 = 0
where number % 1000 <> 7
order by number, reason
