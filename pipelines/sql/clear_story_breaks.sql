delete from facts.breaks
where
    transact_hash in (select transact_hash from story_trades)
    or entry_hash in (select key_hash from story_entries)
    or order_hash in (select key_hash from story_orders)
