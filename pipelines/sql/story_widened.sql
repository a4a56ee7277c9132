-- Records that name an id of the story.
insert into story
with
    named as (
        select 'trades' as kind, transact_hash as id_hash
        from facts.trade_state
        where transact_hash in (select id_hash from story_ids where turn = $turn)
        union all
        select 'trades' as kind, transact_hash as id_hash
        from facts.trade_state
        where quote_hash in (select id_hash from story_ids where turn = $turn)
        union all
        select 'trades' as kind, transact_hash as id_hash
        from facts.trade_state
        where partner_reference_hash in (select id_hash from story_ids where turn = $turn)
        union all
        select 'orders' as kind, key_hash as id_hash
        from facts.orders
        where key_hash in (select id_hash from story_ids where turn = $turn)
        union all
        select 'orders' as kind, key_hash as id_hash
        from facts.orders
        where transact_hash in (select id_hash from story_ids where turn = $turn)
        union all
        select 'orders' as kind, key_hash as id_hash
        from facts.orders
        where quote_hash in (select id_hash from story_ids where turn = $turn)
        union all
        select 'ledger' as kind, key_hash as id_hash
        from facts.ledger
        where transact_hash in (select id_hash from story_ids where turn = $turn and is_own)
        union all
        select 'ledger' as kind, key_hash as id_hash
        from facts.ledger
        where ref_hash in (select id_hash from story_ids where turn = $turn and is_own)
    )
select distinct kind, id_hash, $turn
from named
where (kind, id_hash) not in (select (kind, id_hash) from story)
