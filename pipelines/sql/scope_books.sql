create or replace temp view scoped_ledger as
select *
from facts.ledger
where day in (select day from wanted_days)
;
create or replace temp view scoped_balances as
select *
from facts.balances
where day in (select day from wanted_days)
;
-- What trades put on hold and let go; one that left before it was created was never reserved.
create or replace temp view scoped_holds as
select currency, created_at as moved_at, fiat_amount as amount
from facts.trade_state
where
    cast(created_at as date) in (select day from wanted_days)
    and coalesce(left_at >= created_at, true)
union all
select currency, left_at as moved_at, - fiat_amount as amount
from facts.trade_state
where cast(left_at as date) in (select day from wanted_days) and left_at >= created_at
