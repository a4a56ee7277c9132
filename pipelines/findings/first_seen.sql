-- From when on anything happened, in microseconds since $origin; null before it did.
select date_diff('microsecond', $origin, min(seen_from)) as seen_us
from lanes
where seen_from > timestamp '2000-01-01' and seen_from < $end
