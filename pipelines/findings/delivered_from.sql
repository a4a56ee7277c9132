-- From when on webhooks are recorded, in microseconds since $origin; null where none ever was.
select date_diff('microsecond', $origin, cast(min(day) as timestamp)) as known_us
from webhook_buckets
where bucket < $end
