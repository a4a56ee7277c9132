-- grain: trade and order that name each other, by trade id, quote id or partner reference
select trades.transact_hash, orders.key_hash as order_hash
from story_trades as trades
inner join
    story_orders as orders
    on orders.transact_hash = trades.transact_hash
    and orders.transact_id = trades.transact_id
union
select trades.transact_hash, orders.key_hash
from story_trades as trades
inner join
    story_orders as orders
    on orders.quote_hash = trades.quote_hash
    and orders.quote_id = trades.quote_id
union
select trades.transact_hash, orders.key_hash
from story_trades as trades
inner join
    story_orders as orders
    on orders.key_hash = trades.partner_reference_hash
    and orders.partner_reference = trades.partner_reference
