-- The limits of each lane, with a higher band from the third week on, and those of the balances.
select
    'lumen-wallet' as partner_id,
    'production' as environment,
    'lp_core' as program_id,
    pool_id,
    limit_name,
    value,
    currency,
    strftime(
        cast($start as timestamp) + after_days * interval 1 day, '%Y-%m-%dT%H:%M:%SZ'
    ) as effective_from
from
    (
        select
            printf('POOL-%02d', number) as pool_id,
            if(number % 3 = 0, 'GBP', 'EUR') as currency,
            unnest(['daily_band', 'daily_band', 'velocity_24h', 'max_order']) as limit_name,
            unnest(['5000000.00', '6000000.00', '7000000.00', '2000.00']) as value,
            unnest([0, 15, 0, 0]) as after_days
        from range(12) as counted(number)
        union all
        select
            null as pool_id,
            currency,
            unnest(['balance_floor', 'balance_target']) as limit_name,
            unnest(['20000000.00', '90000000.00']) as value,
            0 as after_days
        from (values ('EUR'), ('GBP')) as currencies(currency)
    )
