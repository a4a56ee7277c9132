-- An attempt for each end of a trade; one in a hundred is tried twice, one in ten thousand is lost.
select
    'lumen-wallet' as partner_id,
    'production' as environment,
    printf('evt_%012d', number) as event_id,
    attempt,
    'pool.transaction.' || ending as event_type,
    transact_id,
    if(attempt = last_attempt, 'delivered', 'failed') as outcome,
    strftime(left_at + attempt * interval 1 second, '%Y-%m-%dT%H:%M:%S.%fZ') as occurred_at,
    case
        when attempt = last_attempt
        then strftime(left_at + (attempt + 1) * interval 1 second, '%Y-%m-%dT%H:%M:%S.%fZ')
    end as received_at
from
    (
        select *, unnest(range(1, last_attempt + 1)) as attempt
        from
            (
                select *, if(hash(number, 8) % 100 = 0, 2, 1) as last_attempt
                from ({query})
                where hash(number, 9) % 10000 <> 0
            )
    )
where left_at < cast($start as timestamp) + to_microseconds(cast($seconds * 1e6 as bigint))
