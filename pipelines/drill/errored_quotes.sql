-- Quote attempts of one lane in a window that ended with an HTTP error; the newest first.
select
    requested_at as event_at,
    coalesce(error_code, 'http_' || http_status) as reason,
    request_id,
    quote_id,
    cast(null as varchar) as transact_id,
    cast(null as varchar) as entry_id,
    cast(null as varchar) as partner_reference,
    fiat_amount as amount,
    fiat_currency as currency
from facts.quotes
where
    day between cast($start as date) and cast($closes_at as date)
    and requested_at >= $start
    and requested_at < $closes_at
    and pool_id = $pool_id
    and fiat_currency = $currency
    and http_status is not null
order by event_at desc, request_id
