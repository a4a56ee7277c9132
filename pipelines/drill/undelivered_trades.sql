-- Trades of one lane that failed, were released, or were returned in a window; the newest first.
with
    ended as (
        select left_at as event_at, left_status as reason, *
        from facts.trade_state
        where left_at >= $start and left_at < $closes_at and left_status in ('failed', 'released')
        union all
        select returned_at as event_at, 'returned' as reason, *
        from facts.trade_state
        where returned_at >= $start and returned_at < $closes_at
    )
select
    event_at,
    reason,
    request_id,
    quote_id,
    transact_id,
    cast(null as varchar) as entry_id,
    partner_reference,
    fiat_amount as amount,
    currency
from ended
where pool_id = $pool_id and currency = $currency
order by event_at desc, transact_id
