-- Exceptions of one lane whose event lies in a window and that had opened by as_of; one that names
-- no currency is in every lane of its pool. The newest first.
select
    event_at as event_at,
    kind as reason,
    cast(null as varchar) as request_id,
    quote_id,
    transact_id,
    entry_id,
    partner_reference,
    amount,
    currency
from exceptions
where
    event_at >= $start
    and event_at < $closes_at
    and pool_id = $pool_id
    and coalesce(currency = $currency, true)
    and is_current
    and opens_at < $as_of
    and coalesce(closes_at > opens_at, true)
order by event_at desc, exception_id
