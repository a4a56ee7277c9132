-- grain: pool, currency, slot; quote attempts by outcome, in quarters of an hour from $origin on.
select
    pool_id,
    currency,
    divide(date_diff('minute', $origin, bucket), 15) as slot,
    cast(sum(quote_requests) as bigint) as quote_requests,
    cast(sum(firm_quotes) as bigint) as firm_quotes,
    cast(sum(unavailable_quotes) as bigint) as unavailable_quotes,
    cast(sum(errored_quotes) as bigint) as errored_quotes,
    cast(sum(limit_errored_quotes) as bigint) as limit_errored_quotes,
    cast(sum(quoted_volume) as double) as quoted_volume
from quote_buckets
where bucket >= $origin and bucket < $end
group by all
