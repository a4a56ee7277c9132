-- grain: exception; when each opened and closed, in microseconds since $origin.
select
    kind,
    pool_id,
    date_diff('microsecond', $origin, opens_at) as opens_us,
    date_diff('microsecond', $origin, closes_at) as closes_us
from exceptions
where
    is_current and opens_at < $end and coalesce(closes_at > opens_at and closes_at >= $origin, true)
order by opens_at
