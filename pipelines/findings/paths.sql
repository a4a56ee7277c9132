-- grain: pool, slots of request, acceptance, rejection and expiry; firm quotes by what became of
-- them, so that each instant sees what had become of them by then.
select
    pool_id,
    divide(date_diff('minute', $origin, bucket), 15) as slot,
    divide(date_diff('minute', $origin, accepted_bucket), 15) as accepted_slot,
    divide(date_diff('minute', $origin, rejected_bucket), 15) as rejected_slot,
    divide(date_diff('minute', $origin, expires_bucket), 15) as expires_slot,
    cast(sum(quotes) as bigint) as quotes
from quote_paths
where bucket >= $origin and bucket < $end
group by all
