select
    'lumen-wallet' as partner_id,
    'production' as environment,
    'lp_core' as program_id,
    format('POOL-{:02d}', number) as pool_id,
    limit_name,
    value,
    if(number % 3 = 0, 'GBP', 'EUR') as currency,
    strftime(cast($start as timestamp), '%Y-%m-%dT%H:%M:%SZ') as effective_from
from range(12) as counted(number)
cross join
    (
        values
            ('daily_band', '5000000.00'), ('velocity_24h', '6000000.00'), ('max_order', '100000.00')
    ) as limits(limit_name, value)
