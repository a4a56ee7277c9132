select count(*) from checked_days
