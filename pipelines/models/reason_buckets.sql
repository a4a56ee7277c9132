-- grain: pool_id, currency, bucket of requested_at, reason
-- unavailable quotes by reason; a quote without a reason counts as `other`
select
    day,
    label(requested_at) as bucket,
    pool_id,
    fiat_currency as currency,
    coalesce(unavailable_reason, 'other') as reason,
    count(*) as quotes
from scoped_quotes
where not available and http_status is null
group by all
