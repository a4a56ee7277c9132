-- Every id by which the records of the story name each other; `is_own` where it is what a trade or
-- an order is called. A reference that entries alone share says nothing, but for pay-ins.
insert into story_ids
with
    names as (
        select unnest([transact_hash, quote_hash, partner_reference_hash]) as id_hash, true as is_own
        from facts.trade_state
        where transact_hash in (select id_hash from story where kind = 'trades' and turn = $turn - 1)
        union all
        select unnest([key_hash, transact_hash, quote_hash]), true
        from facts.orders
        where key_hash in (select id_hash from story where kind = 'orders' and turn = $turn - 1)
        union all
        select unnest([ref_hash, transact_hash]), reason = 'payin_credit'
        from facts.ledger
        where key_hash in (select id_hash from story where kind = 'ledger' and turn = $turn - 1)
    )
select distinct id_hash, is_own, $turn
from names
where
    id_hash is not null and (id_hash, is_own) not in (select (id_hash, is_own) from story_ids)
