select
    'lumen-wallet' as partner_id,
    'production' as environment,
    'lp_core' as program_id,
    strftime(cast($start as timestamp), '%Y-%m-%dT%H:%M:%SZ') as effective_from,
    'wallet' as product,
    list_transform(range(12), lambda pool:format('POOL-{:02d}', pool)) as approved_pools,
    'pilot' as phase,
    'Europe/London' as time_zone,
    'monthly' as review_cadence,
    true as funding_ready,
    true as webhooks_ready,
    true as monitoring_ready,
    true as support_ready
