create or replace temp view story_trades as
select
    *,
    case when left_status in ('failed', 'released') then left_at else returned_at end
    as refundable_at
from facts.trade_state
;
create or replace temp view story_entries as
select *
from facts.ledger
;
create or replace temp view story_orders as
select *
from facts.orders
;
create or replace temp view story_flags as
select *
from facts.trade_flags
