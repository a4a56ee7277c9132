-- grain: unclaimed entry whose reference is a quote's or an order's: what it is about is known, so
-- it is no match for another trade by amount and time
select breaks.entry_hash, min(quotes.pool_id) as pool_id
from facts.breaks
inner join facts.quotes on quotes.quote_hash = breaks.ref_hash and quotes.quote_id = breaks.ref
group by breaks.entry_hash
union all
select breaks.entry_hash, min(orders.pool_id) as pool_id
from facts.breaks
inner join
    facts.orders on orders.key_hash = breaks.ref_hash and orders.partner_reference = breaks.ref
group by breaks.entry_hash
