-- grain: event_type, buckets of the first attempt, the first delivery and the second, delay class
-- events by what became of them; the delay runs from the first attempt to the receipt of the first
-- delivery, and is kept as the smallest of a few bounds it is within, null beyond the last
with
    numbered as (
        select
            event_id,
            event_type,
            occurred_at,
            received_at,
            outcome = 'delivered' as is_delivered,
            row_number() over (
                partition by event_id, event_type, outcome = 'delivered'
                order by occurred_at, attempt
            ) as number
        from scoped_webhooks
    ),
    events as (
        select
            event_id,
            event_type,
            min(occurred_at) as first_at,
            min(occurred_at) filter (is_delivered and number = 1) as delivered_at,
            min(occurred_at) filter (is_delivered and number = 2) as repeated_at,
            min(received_at) filter (is_delivered and number = 1) as received_at
        from numbered
        group by all
    ),
    measured as (select *, date_diff('microsecond', first_at, received_at) as delay_us from events)
select
    cast(first_at as date) as day,
    label(first_at) as bucket,
    event_type,
    label(delivered_at) as delivered_bucket,
    label(repeated_at) as repeated_bucket,
    cast(
        case
            when delay_us <= 1000000
            then 1
            when delay_us <= 2000000
            then 2
            when delay_us <= 5000000
            then 5
            when delay_us <= 15000000
            then 15
            when delay_us <= 60000000
            then 60
            when delay_us <= 300000000
            then 300
            when delay_us <= 900000000
            then 900
            when delay_us <= 3600000000
            then 3600
            when delay_us <= 21600000000
            then 21600
            when delay_us <= 86400000000
            then 86400
        end as bigint
    ) as delay_within_s,
    count(*) as events,
    max(delay_us) as longest_delay_us
from measured
group by all
