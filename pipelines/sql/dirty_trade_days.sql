insert into facts.dirty_days
with
    before as (
        select transact_id, created_at, left_at, quote_hash
        from facts.trade_state
        where transact_hash in (select transact_hash from touched)
    ),
    moved as (
        select transact_id, created_at, left_at, quote_hash
        from before
        union
        select transact_id, created_at, left_at, quote_hash
        from states
    )
select distinct 'trades', cast(created_at as date)
from moved
union all
select distinct 'quotes', quotes.day
from facts.quotes
where quotes.quote_hash in (select quote_hash from moved)
union all
select distinct 'books', day
from (select unnest([cast(created_at as date), cast(left_at as date)]) as day from moved)
where day in (select day from facts.balances)
union all
select distinct 'deliveries', cast(left_at as date)
from moved
where left_at is not null and exists (select day from facts.webhooks)
