select event_hash, transact_hash, day, false as is_replaced from fresh
