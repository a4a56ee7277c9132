select
    'lumen-wallet' as partner_id,
    'production' as environment,
    currency,
    strftime(
        cast($start as timestamp) + number * interval 15 minute, '%Y-%m-%dT%H:%M:%SZ'
    ) as observed_at,
    format('{}.00', 1000000 + hash(number, currency) % 1000000) as visible_balance
from range(cast($seconds / 900 as bigint)) as counted(number)
cross join (values ('EUR'), ('GBP')) as currencies(currency)
