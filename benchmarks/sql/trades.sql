select
    'lumen-wallet' as partner_id,
    'production' as environment,
    'lp_core' as program_id,
    format('tr_{:012d}', number) as transact_id,
    format('q_{:012d}', number) as quote_id,
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
            + to_microseconds(cast(number * ($seconds * 1e6) / $rows as bigint))
            + interval 5 second as instant
        from range($rows) as counted(number)
        where number % 10 < 3 and number % 25 <> 0
    )
cross join
    (values ('reserved', interval 0 second), ('settled', interval 20 minute)) as states(
        status, held
    )
order by number, status
