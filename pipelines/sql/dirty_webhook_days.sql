-- The days of every attempt of an event told of, and those on which a trade it announces ended.
-- Trades are judged from the first day of any attempt on, so a new first day touches all between.
insert into facts.dirty_days
with
    told as ({told}),
    reached as (
        select
            (select min(day) from told) as first_told,
            (select min(day) from facts.webhooks) as first_known,
            (select min(day) from told where is_replaced) as first_replaced
    )
select 'webhooks', day
from told
union
select 'webhooks', day
from facts.webhooks
where event_hash in (select event_hash from told)
union
select 'deliveries', cast(left_at as date)
from facts.trade_state
where left_at is not null and transact_hash in (select transact_hash from told)
union
select 'deliveries', cast(left_at as date)
from facts.trade_state
cross join reached
where
    cast(left_at as date) >= first_told
    and (coalesce(cast(left_at as date) < first_known, true) or first_replaced = first_known)
