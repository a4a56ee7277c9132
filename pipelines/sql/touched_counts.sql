select
    (select count(*) from facts.touched),
    (select count(*) from facts.trade_state)
    + (select count(*) from facts.ledger)
    + (select count(*) from facts.orders)
