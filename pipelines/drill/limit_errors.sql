-- What a limit refused in a window: quote attempts of one lane with a limit's code, and calls to
-- transact of its pool; a call names no currency, so it is in every lane of its pool.
with
    refused as (
        select
            requested_at as event_at,
            error_code as reason,
            request_id,
            quote_id,
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
            and list_contains(cast($limit_codes as varchar[]), error_code)
        union all
        select
            occurred_at as event_at,
            'transact_429' as reason,
            request_id,
            quote_id,
            cast(null as decimal(28, 8)) as amount,
            cast(null as varchar) as currency
        from facts.errors
        where
            day between cast($start as date) and cast($closes_at as date)
            and occurred_at >= $start
            and occurred_at < $closes_at
            and pool_id = $pool_id
            and operation = 'transact'
            and http_status = 429
    )
select
    event_at,
    reason,
    request_id,
    quote_id,
    cast(null as varchar) as transact_id,
    cast(null as varchar) as entry_id,
    cast(null as varchar) as partner_reference,
    amount,
    currency
from refused
order by event_at desc, request_id
