-- A trade that no order of the partner's product stands behind, where orders are ingested.
select
    'trade_without_order' as kind,
    'none' as match,
    pool_id,
    currency,
    fiat_amount as amount,
    created_at as event_at,
    created_at + getvariable('ledger_lateness') as opens_at,
    transact_id,
    quote_id,
    partner_reference,
    transact_hash
from story_trades
anti join order_links using (transact_hash)
where created_at >= getvariable('reconciled_from').orders
