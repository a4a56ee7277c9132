select distinct model from serving.stale_hours
