select
    'lumen-wallet' as partner_id,
    'production' as environment,
    'lp_core' as program_id,
    format('req_{:012d}', $first + number) as request_id,
    format('POOL-{:02d}', number % 12) as pool_id,
    'on_ramp' as side,
    if(number % 10 < 7, 'firm', 'indicative') as quote_type,
    case
        when number % 10 < 7 and number % 25 <> 0 then format('q_{:012d}', $first + number)
    end as quote_id,
    if(number % 3 = 0, 'GBP', 'EUR') as fiat_currency,
    format('{}.{:02d}', hash(number) % 100000, hash(number, 2) % 100) as fiat_amount,
    'USDT' as crypto_currency,
    'tron' as network,
    number % 25 <> 0 as available,
    case when number % 25 = 0 then 'pool_dry' end as unavailable_reason,
    '1.0731' as rate,
    25 as spread_bps,
    30 as fee_bps,
    strftime(instant, '%Y-%m-%dT%H:%M:%S.%fZ') as requested_at,
    strftime(instant + interval 15 second, '%Y-%m-%dT%H:%M:%S.%fZ') as expires_at
from
    (
        select
            number,
            cast($start as timestamp)
            + to_microseconds(cast(number * ($seconds * 1e6) / $rows as bigint)) as instant
        from range($rows) as counted(number)
    )
order by number
