delete from facts.unpublished_days
