select count(*) from facts.unpublished_days
