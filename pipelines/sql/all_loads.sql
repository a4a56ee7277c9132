select sequence, kind, source, landed_at, offered, loaded, duplicate, quarantined, refused
from loads
order by sequence desc
