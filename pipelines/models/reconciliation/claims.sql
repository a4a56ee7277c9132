-- grain: entry and trade that claims it, by the best rule that gives any: 1 quote and trade id,
-- 2 quote id alone, 3 trade id, 4 the order's or the trade's own partner reference
with
    claimed as (
        select
            unnamed.key_hash as entry_hash,
            trades.transact_hash,
            case when unnamed.transact_id = trades.transact_id then 1 else 2 end as rule
        from unnamed
        inner join
            story_trades as trades
            on trades.quote_hash = unnamed.ref_hash
            and trades.quote_id = unnamed.ref
        union all
        select unnamed.key_hash, trades.transact_hash, 3
        from unnamed
        inner join
            story_trades as trades
            on trades.transact_hash = unnamed.transact_hash
            and trades.transact_id = unnamed.transact_id
        union all
        select unnamed.key_hash, trades.transact_hash, 3
        from unnamed
        inner join
            story_trades as trades
            on trades.transact_hash = unnamed.ref_hash
            and trades.transact_id = unnamed.ref
        union all
        select unnamed.key_hash, trades.transact_hash, 4
        from unnamed
        inner join
            story_trades as trades
            on trades.partner_reference_hash = unnamed.ref_hash
            and trades.partner_reference = unnamed.ref
        union all
        select unnamed.key_hash, trades.transact_hash, 4
        from unnamed
        inner join
            story_orders as orders
            on orders.key_hash = unnamed.ref_hash
            and orders.partner_reference = unnamed.ref
        inner join
            story_trades as trades
            on trades.transact_hash = orders.transact_hash
            and trades.transact_id = orders.transact_id
        union all
        select unnamed.key_hash, trades.transact_hash, 4
        from unnamed
        inner join
            story_orders as orders
            on orders.key_hash = unnamed.ref_hash
            and orders.partner_reference = unnamed.ref
        inner join
            story_trades as trades
            on trades.quote_hash = orders.quote_hash
            and trades.quote_id = orders.quote_id
    ),
    best as (
        select entry_hash, transact_hash, min(rule) as rule
        from claimed
        group by entry_hash, transact_hash
        qualify min(rule) = min(min(rule)) over (partition by entry_hash)
    )
select *, count(*) over (partition by entry_hash) as claimants
from best
