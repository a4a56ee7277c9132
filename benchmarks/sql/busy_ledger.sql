select
    'lumen-wallet' as partner_id,
    'production' as environment,
    entry_id,
    currency,
    cast(delta as varchar) as delta,
    reason,
    ref,
    strftime(booked_at, '%Y-%m-%dT%H:%M:%S.%fZ') as created_at
from ({query})
where booked_at < cast($start as timestamp) + to_microseconds(cast($seconds * 1e6 as bigint))
