-- check: funnel_order
-- severity: error
-- days of: quotes
-- says: accepted quotes are never more than firm ones, nor firm ones more than requests
-- do: run `utilization rebuild`; if it stays, the stored quotes contradict each other
with
    asked as (
        select
            day,
            bucket,
            pool_id,
            currency,
            sum(quote_requests) as requests,
            sum(firm_quotes) as asked_firm,
            sum(firm_quotes + indicative_quotes + unavailable_quotes + errored_quotes) as parts
        from serving.quote_buckets
        where day in (select day from checked_days)
        group by all
    ),
    followed as (
        select
            day,
            bucket,
            pool_id,
            currency,
            sum(quotes) as followed_firm,
            sum(quotes) filter (accepted_bucket is not null) as accepted
        from serving.quote_paths
        where day in (select day from checked_days)
        group by all
    ),
    compared as (
        select
            *,
            coalesce(accepted, 0) as accepted_quotes,
            coalesce(asked_firm, 0) as firm_quotes,
            coalesce(requests, 0) as quote_requests
        from asked
        full join followed using (day, bucket, pool_id, currency)
    )
select
    day,
    concat_ws(' ', pool_id, currency, bucket) as subject,
    'accepted <= firm <= requests' as expected,
    concat_ws(' ', accepted_quotes, '<=', firm_quotes, '<=', quote_requests) as found
from compared
where
    accepted_quotes > firm_quotes
    or firm_quotes > quote_requests
    or quote_requests <> coalesce(parts, 0)
    or firm_quotes <> coalesce(followed_firm, 0)
