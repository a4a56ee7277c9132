select day, count(*), max({event_time}) from to_land group by day order by day
