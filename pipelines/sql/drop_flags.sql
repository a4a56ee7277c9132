delete from facts.trade_flags where transact_hash in (select transact_hash from touched)
