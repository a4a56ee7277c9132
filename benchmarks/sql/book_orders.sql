select
    'lumen-wallet' as partner_id,
    'production' as environment,
    format('or_{:012d}', $first + number) as partner_reference,
    format('POOL-{:02d}', number % 12) as pool_id,
    format('q_{:012d}', $first + number) as quote_id,
    'completed' as status,
    strftime(
        cast($start as timestamp)
        + to_microseconds(cast(number * ($seconds * 1e6) / $rows as bigint)),
        '%Y-%m-%dT%H:%M:%S.%fZ'
    ) as created_at
from range($rows) as counted(number)
