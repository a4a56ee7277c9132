-- Row numbers first: what a story needs is mostly new, so only the newest rows are read whole.
create or replace temp table touched_trades as
select
    *,
    case when left_status in ('failed', 'released') then left_at else returned_at end
    as refundable_at
from facts.trade_state
where
    rowid in (
        select rowid
        from facts.trade_state
        where transact_hash in (select id_hash from story where kind = 'trades')
    )
;
create or replace temp table touched_entries as
select *
from facts.ledger
where
    rowid in (
        select rowid
        from facts.ledger
        where key_hash in (select id_hash from story where kind = 'ledger')
    )
;
create or replace temp table touched_orders as
select *
from facts.orders
where
    rowid in (
        select rowid
        from facts.orders
        where key_hash in (select id_hash from story where kind = 'orders')
    )
;
create or replace temp table touched_flags as
select *
from facts.trade_flags
where transact_hash in (select id_hash from story where kind = 'trades')
;
create or replace temp view story_trades as
select *
from touched_trades
;
create or replace temp view story_entries as
select *
from touched_entries
;
create or replace temp view story_orders as
select *
from touched_orders
;
create or replace temp view story_flags as
select *
from touched_flags
