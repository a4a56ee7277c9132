-- grain: pool_id, currency, hour of requested_at
select
    day,
    hour_label(bucket) as bucket,
    pool_id,
    currency,
    sum(quote_requests) as quote_requests,
    sum(indicative_quotes) as indicative_quotes,
    sum(firm_quotes) as firm_quotes,
    sum(unavailable_quotes) as unavailable_quotes,
    sum(errored_quotes) as errored_quotes,
    sum(limit_errored_quotes) as limit_errored_quotes,
    sum(requested_amounts) as requested_amounts,
    sum(quoted_amounts) as quoted_amounts,
    sum(requested_volume) as requested_volume,
    sum(quoted_volume) as quoted_volume
from serving.quote_buckets
where date_trunc('hour', bucket) in (select hour from wanted_hours)
group by all
