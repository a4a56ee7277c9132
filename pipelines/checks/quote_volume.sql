-- check: quote_volume
-- severity: error
-- days of: quotes
-- says: the quotes of a day add up to what was told of it, to the last digit
-- do: run `utilization rebuild`
with
    stored as (
        select
            day,
            pool_id,
            currency,
            sum(quote_requests) as quotes,
            sum(requested_volume) as requested,
            sum(quoted_volume) as quoted
        from serving.quote_buckets
        where day in (select day from checked_days)
        group by all
    ),
    told as (
        select
            day,
            pool_id,
            fiat_currency as currency,
            count(*) as quotes,
            coalesce(sum(fiat_amount), 0) as requested,
            coalesce(sum(fiat_amount) filter (available and quote_type = 'firm'), 0) as quoted
        from facts.quotes
        where day in (select day from checked_days)
        group by all
    ),
    texts as (
        select
            day,
            pool_id,
            currency,
            concat_ws(
                ' ', coalesce(told.quotes, 0), coalesce(told.requested, 0), coalesce(told.quoted, 0)
            ) as expected,
            concat_ws(
                ' ',
                coalesce(stored.quotes, 0),
                coalesce(stored.requested, 0),
                coalesce(stored.quoted, 0)
            ) as found
        from told
        full join stored using (day, pool_id, currency)
    )
select day, concat_ws(' ', pool_id, currency) as subject, expected, found
from texts
where expected <> found
