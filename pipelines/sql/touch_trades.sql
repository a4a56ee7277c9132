-- The trades of the batch, and what those were called that are called otherwise now.
insert into facts.touched
select 'trades', transact_hash
from touched
union all
select 'ids', id_hash
from
    (
        select unnest([held.quote_hash, held.partner_reference_hash]) as id_hash
        from facts.trade_state as held
        inner join states using (transact_hash, transact_id)
        where
            held.quote_hash <> states.quote_hash
            or held.partner_reference_hash is distinct from states.partner_reference_hash
    )
where id_hash is not null
