delete from facts.dirty_days
