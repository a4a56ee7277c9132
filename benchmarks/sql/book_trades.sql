select
    'lumen-wallet' as partner_id,
    'production' as environment,
    'lp_core' as program_id,
    format('tr_{:012d}', $first + number) as transact_id,
    format('q_{:012d}', $first + number) as quote_id,
    format('POOL-{:02d}', number % 12) as pool_id,
    'on_ramp' as side,
    if(number % 3 = 0, 'GBP', 'EUR') as fiat_currency,
    format('{}.{:02d}', hash(number) % 100000, hash(number, 2) % 100) as fiat_amount,
    status,
    strftime(instant + held, '%Y-%m-%dT%H:%M:%S.%fZ') as status_at,
    strftime(instant, '%Y-%m-%dT%H:%M:%S.%fZ') as created_at
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
            ('reserved', interval 0 second),
            ('settled', interval 20 minute),
            ('failed', interval 10 minute)
    ) as states(status, held)
    on status = 'reserved'
    or status = if(number % 16 = 0, 'failed', 'settled')
order by number, status
