-- grain: slot; attempts to deliver webhooks, of all event types together.
select
    divide(date_diff('minute', $origin, bucket), 15) as slot,
    cast(sum(attempts) as bigint) as webhook_attempts,
    cast(sum(failed + dead_lettered + bad_signature) as bigint) as undelivered_attempts,
    cast(sum(dead_lettered) as bigint) as dead_lettered_events
from webhook_buckets
where bucket >= $origin and bucket < $end
group by all
