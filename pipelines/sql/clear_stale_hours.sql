delete from serving.stale_hours
