select kind, source, newest_event_at, landed_at, records
from freshness
order by kind, newest_event_at desc, source
