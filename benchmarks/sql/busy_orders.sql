select
    'lumen-wallet' as partner_id,
    'production' as environment,
    partner_reference,
    'wallet_top_up' as product_area,
    pool_id,
    quote_id,
    transact_id,
    'completed' as status,
    strftime(created_at, '%Y-%m-%dT%H:%M:%S.%fZ') as created_at
from ({query})
