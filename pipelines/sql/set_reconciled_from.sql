-- The first days from which trades, ledger entries and orders are known; null where none came.
set
    variable reconciled_from = (
        select
        struct_pack(
            trades
            := (select cast(min(cast(created_at as date)) as timestamp) from facts.trade_state),
            ledger := (select cast(min(day) as timestamp) from facts.ledger),
            orders := (select cast(min(day) as timestamp) from facts.orders)
        )
    )
