select
    'lumen-wallet' as partner_id,
    'production' as environment,
    'lp_core' as program_id,
    transact_id,
    quote_id,
    pool_id,
    'on_ramp' as side,
    currency as fiat_currency,
    cast(amount as varchar) as fiat_amount,
    status,
    strftime(status_at, '%Y-%m-%dT%H:%M:%S.%fZ') as status_at,
    strftime(created_at, '%Y-%m-%dT%H:%M:%S.%fZ') as created_at,
    partner_reference
from
    (
        select
            *,
            unnest(['reserved', ending, 'returned']) as status,
            unnest([created_at, left_at, returned_at]) as status_at
        from ({query})
    )
where status_at < cast($start as timestamp) + to_microseconds(cast($seconds * 1e6 as bigint))
