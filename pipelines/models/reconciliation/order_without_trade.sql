-- An order that names a trade nobody told of, or that should have led to one by its status.
select
    'order_without_trade' as kind,
    'none' as match,
    pool_id,
    created_at as event_at,
    created_at + getvariable('ledger_lateness') as opens_at,
    transact_id,
    quote_id,
    partner_reference,
    key_hash as order_hash
from story_orders
anti join order_links on order_links.order_hash = story_orders.key_hash
where
    created_at >= getvariable('reconciled_from').trades
    and (
        transact_id is not null
        or lower(status)
        not in (select unnest(cast(getvariable('tradeless_order_statuses') as varchar[])))
    )
