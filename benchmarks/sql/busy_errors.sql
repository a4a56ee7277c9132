select
    'lumen-wallet' as partner_id,
    'production' as environment,
    printf('err_%012d', number) as request_id,
    'transact' as operation,
    printf('POOL-%02d', number % 12) as pool_id,
    if(number % 2 = 0, 409, 403) as http_status,
    if(number % 2 = 0, 'conflict', 'limit_exceeded') as error_code,
    strftime(
        cast($start as timestamp) + to_seconds(cast(number * 977 as bigint)), '%Y-%m-%dT%H:%M:%SZ'
    ) as occurred_at
from range(cast($seconds / 977 as bigint)) as counted(number)
