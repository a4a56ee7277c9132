select count(*) from facts.dirty_days
