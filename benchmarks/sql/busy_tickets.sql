select
    'lumen-wallet' as partner_id,
    'production' as environment,
    printf('tck_%04d', number) as ticket_id,
    if(number % 3 = 0, 'complaint', 'escalation') as ticket_type,
    'S3' as severity,
    printf('POOL-%02d', number % 12) as pool_id,
    strftime(opened_at, '%Y-%m-%dT%H:%M:%SZ') as opened_at,
    if(number % 4 = 0, null, strftime(opened_at + interval 9 hour, '%Y-%m-%dT%H:%M:%SZ')) as closed_at,
    strftime(opened_at + interval 9 hour, '%Y-%m-%dT%H:%M:%SZ') as updated_at
from
    (
        select number, cast($start as timestamp) + number * interval 14 hour as opened_at
        from range(cast($seconds / 50400 as bigint)) as counted(number)
    )
