-- check: webhook_attempts
-- severity: error
-- days of: webhooks
-- says: the delivery attempts of a day add up to what was told of it, by how they ended
-- do: run `utilization rebuild`
with
    stored as (
        select
            day,
            event_type,
            concat_ws(
                ' ',
                sum(attempts),
                sum(delivered),
                sum(failed),
                sum(dead_lettered),
                sum(bad_signature)
            ) as counts
        from serving.webhook_buckets
        where day in (select day from checked_days)
        group by all
    ),
    told as (
        select
            day,
            event_type,
            concat_ws(
                ' ',
                count(*),
                count(*) filter (outcome = 'delivered'),
                count(*) filter (outcome = 'failed'),
                count(*) filter (outcome = 'dead_lettered'),
                count(*) filter (outcome = 'bad_signature')
            ) as counts
        from facts.webhooks
        where day in (select day from checked_days)
        group by all
    )
select
    day,
    event_type as subject,
    coalesce(told.counts, 'no attempt') as expected,
    coalesce(stored.counts, 'no attempt') as found
from told
full join stored using (day, event_type)
where told.counts is distinct from stored.counts
