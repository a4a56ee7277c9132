create or replace temp view scoped_ledger as
select *
from facts.ledger
where
    day in (select day from wanted_days)
    and quarter_hour(created_at) in (select bucket from wanted_buckets)
;
create or replace temp view scoped_balances as
select *
from facts.balances
where
    day in (select day from wanted_days)
    and quarter_hour(observed_at) in (select bucket from wanted_buckets)
;
create or replace temp view scoped_holds as
select currency, created_at as moved_at, fiat_amount as amount
from facts.trade_state
where
    quarter_hour(created_at) in (select bucket from wanted_buckets)
    and coalesce(left_at >= created_at, true)
union all
select currency, left_at as moved_at, - fiat_amount as amount
from facts.trade_state
where quarter_hour(left_at) in (select bucket from wanted_buckets) and left_at >= created_at
