-- Firm quotes of one lane requested in a window that had expired by as_of without a trade and
-- without being turned down; the newest first.
with
    expired as (
        select requested_at, request_id, quote_id, quote_hash, fiat_amount, fiat_currency
        from facts.quotes
        where
            day between cast($start as date) and cast($closes_at as date)
            and requested_at >= $start
            and requested_at < $closes_at
            and pool_id = $pool_id
            and fiat_currency = $currency
            and available
            and quote_type = 'firm'
            and expires_at < $as_of
            and coalesce(rejected_at >= $as_of, true)
    ),
    accepted as (
        select distinct quote_id
        from facts.trade_state
        where quote_hash in (select quote_hash from expired) and created_at < $as_of
    )
select
    requested_at as event_at,
    'expired' as reason,
    request_id,
    quote_id,
    cast(null as varchar) as transact_id,
    cast(null as varchar) as entry_id,
    cast(null as varchar) as partner_reference,
    fiat_amount as amount,
    fiat_currency as currency
from expired
where not exists (select 1 from accepted where accepted.quote_id = expired.quote_id)
order by event_at desc, request_id
