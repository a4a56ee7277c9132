-- grain: trade; ends of trades whose webhook came late or never, from when it was late until it
-- came, in microseconds since $origin.
select
    pool_id,
    date_diff('microsecond', $origin, status_at + $lateness) as opens_us,
    date_diff('microsecond', $origin, delivered_at) as closes_us
from late_webhooks
where status_at + $lateness < $end and coalesce(delivered_at >= $origin, true)
