-- grain: pool_id, currency, bucket of requested_at
-- counts and volumes of quote attempts, additive over any buckets
select
    day,
    label(requested_at) as bucket,
    pool_id,
    fiat_currency as currency,
    count(*) as quote_requests,
    count(*) filter (available and quote_type = 'indicative') as indicative_quotes,
    count(*) filter (available and quote_type = 'firm') as firm_quotes,
    count(*) filter (not available and http_status is null) as unavailable_quotes,
    count(*) filter (http_status is not null) as errored_quotes,
    count(*) filter (
        http_status is not null
        and error_code in (select unnest(cast(getvariable('limit_codes') as varchar[])))
    ) as limit_errored_quotes,
    count(fiat_amount) as requested_amounts,
    count(fiat_amount) filter (available and quote_type = 'firm') as quoted_amounts,
    cast(coalesce(sum(fiat_amount), 0) as decimal(38, 8)) as requested_volume,
    cast(
        coalesce(sum(fiat_amount) filter (available and quote_type = 'firm'), 0) as decimal(38, 8)
    ) as quoted_volume
from scoped_quotes
group by all
