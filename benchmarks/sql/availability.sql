select
    'lumen-wallet' as partner_id,
    'production' as environment,
    format('POOL-{:02d}', pool) as pool_id,
    strftime(
        cast($start as timestamp) + number * interval 5 minute, '%Y-%m-%dT%H:%M:%SZ'
    ) as observed_at,
    hash(number, pool) % 200 <> 0 as available
from range(cast($seconds / 300 as bigint)) as counted(number)
cross join range(12) as pools(pool)
