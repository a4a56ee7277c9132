-- grain: trade without an entry and entry without a trade that agree in currency, amount and time
with
    slots as (select greatest(getvariable('ledger_lateness'), interval 1 minute) as reach),
    entries as (
        select *, time_bucket(reach, event_at) as slot, replace(kind, '_without_trade', '') as side
        from facts.breaks
        cross join slots
        where
            is_loose
            and entry_hash is not null
            and entry_hash not in (select entry_hash from known_refs)
    ),
    trades as (
        select *, time_bucket(reach, event_at) as slot, replace(kind, 'trade_without_', '') as side
        from facts.breaks
        cross join slots
        where is_loose and entry_hash is null
    ),
    near as (
        select *, slot as trade_slot
        from entries
        union all
        select *, slot - reach
        from entries
        union all
        select *, slot + reach
        from entries
    )
select
    trades.exception_id as trade_break,
    near.exception_id as entry_break,
    trades.transact_id,
    near.entry_id,
    near.event_at as booked_at,
    count(*) over (partition by trades.exception_id) as entries,
    count(*) over (partition by near.exception_id) as trades
from trades
inner join
    near
    on near.side = trades.side
    and near.currency = trades.currency
    and near.amount = trades.amount
    and near.trade_slot = trades.slot
where
    near.event_at <= trades.event_at + getvariable('ledger_lateness')
    and near.event_at >= trades.event_at - interval 1 minute
