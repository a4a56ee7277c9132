-- grain: pool_id, currency, hours of requested_at, acceptance, rejection and expiry
select
    day,
    hour_label(bucket) as bucket,
    pool_id,
    currency,
    hour_label(accepted_bucket) as accepted_bucket,
    hour_label(rejected_bucket) as rejected_bucket,
    hour_label(expires_bucket) as expires_bucket,
    sum(quotes) as quotes
from serving.quote_paths
where date_trunc('hour', bucket) in (select hour from wanted_hours)
group by all
