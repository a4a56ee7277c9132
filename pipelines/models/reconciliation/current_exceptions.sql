-- grain: exception that the records known by now tell of, weakly matched pairs included
with
    paired as (select * from weak_pairs where entries = 1 and trades = 1),
    contenders as (
        select trade_break as exception_id, list(entry_id order by entry_id) as candidates
        from weak_pairs
        group by trade_break
        union all
        select entry_break, list(transact_id order by transact_id)
        from weak_pairs
        group by entry_break
    ),
    pools as (select entry_hash, min(pool_id) as pool_id from known_refs group by entry_hash)
select
    breaks.exception_id,
    breaks.kind,
    case when paired.trade_break is null then breaks.match else 'weak' end as match,
    coalesce(breaks.pool_id, pools.pool_id) as pool_id,
    breaks.currency,
    breaks.amount,
    breaks.event_at,
    breaks.opens_at,
    case
        when paired.trade_break is null
        then breaks.closes_at
        else greatest(paired.booked_at, breaks.event_at)
    end as closes_at,
    breaks.transact_id,
    breaks.quote_id,
    coalesce(breaks.entry_id, paired.entry_id) as entry_id,
    breaks.partner_reference,
    coalesce(
        breaks.candidates, case when paired.trade_break is null then contenders.candidates end, []
    ) as candidates
from facts.breaks
left join paired on paired.trade_break = breaks.exception_id
left join contenders on contenders.exception_id = breaks.exception_id
left join pools on pools.entry_hash = breaks.entry_hash
where breaks.exception_id not in (select entry_break from paired)
union all by name
select *, [] as candidates
from whole_books
