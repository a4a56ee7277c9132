-- grain: window, event_type; attempts made in the window, events first sent in it and what became
-- of them by `as_of`, and trades that ended in it whose webhook had not come by then
with
    event_types as (
        select
            unnest(['settled', 'failed', 'released']) as status,
            'pool.transaction.' || status as event_type
    ),
    told as (
        select min(day) as first_day, count(*) filter (bucket < $as_of) > 0 as is_told
        from webhook_buckets
    ),
    attempted as (
        select
            window_no,
            event_type,
            cast(sum(attempts) as bigint) as attempts,
            cast(sum(delivered) as bigint) as delivered,
            cast(sum(failed) as bigint) as failed,
            cast(sum(dead_lettered) as bigint) as dead_lettered,
            cast(sum(bad_signature) as bigint) as bad_signature
        from asked_windows
        join webhook_buckets on bucket >= window_start and bucket < closes_at
        group by all
    ),
    sent as (
        select
            window_no,
            event_type,
            delay_within_s,
            cast(sum(events) as bigint) as events,
            cast(
                coalesce(sum(events) filter (delivered_bucket < $as_of), 0) as bigint
            ) as delivered_events,
            cast(
                coalesce(sum(events) filter (repeated_bucket < $as_of), 0) as bigint
            ) as duplicated_events,
            cast(
                coalesce(
                    sum(events) filter (delivered_bucket < $as_of and longest_delay_us is not null),
                    0
                ) as bigint
            ) as timed_events,
            max(longest_delay_us) filter (delivered_bucket < $as_of) as longest_delay_us
        from asked_windows
        join webhook_paths on bucket >= window_start and bucket < closes_at
        group by all
    ),
    ranked as (
        select
            *,
            sum(timed_events) over (
                partition by window_no, event_type
                order by delay_within_s nulls last
                rows between unbounded preceding and current row
            ) as timed_so_far,
            sum(timed_events) over (partition by window_no, event_type) as timed,
            max(longest_delay_us) over (partition by window_no, event_type) as longest_us
        from sent
    ),
    became as (
        select
            window_no,
            event_type,
            cast(sum(events) as bigint) as events,
            cast(sum(delivered_events) as bigint) as delivered_events,
            cast(sum(duplicated_events) as bigint) as duplicated_events,
            cast(max(timed) as bigint) as timed_events,
            min(delay_within_s) filter (2 * timed_so_far >= timed) as half_within_s,
            min(delay_within_s) filter (20 * timed_so_far >= 19 * timed) as most_within_s,
            cast(max(longest_us) as bigint) as longest_us
        from ranked
        group by all
    ),
    missed as (
        select window_no, status, count(*) as missing
        from asked_windows
        join late_webhooks on status_at >= window_start and status_at < closes_at
        where status_at + $lateness < $as_of and coalesce(delivered_at >= $as_of, true)
        group by all
    ),
    shown as (
        select *
        from asked_windows
        cross join event_types
        cross join told
        left join attempted using (window_no, event_type)
        left join became using (window_no, event_type)
        left join missed using (window_no, status)
    )
select
    event_type,
    window_name as "window",
    window_start,
    window_end,
    cast($as_of as timestamp) as as_of,
    case when is_known then coalesce(attempts, 0) end as attempts,
    case when is_known then coalesce(delivered, 0) end as delivered,
    case when is_known then coalesce(failed, 0) end as failed,
    case when is_known then coalesce(dead_lettered, 0) end as dead_lettered,
    case when is_known then coalesce(bad_signature, 0) end as bad_signature,
    case when is_known then coalesce(events, 0) end as events,
    case when is_known then coalesce(delivered_events, 0) end as delivered_events,
    case when is_known then coalesce(duplicated_events, 0) end as duplicated_events,
    case when is_known then coalesce(missing, 0) end as missing_events,
    case when timed_events > 0 then coalesce(half_within_s, longest_s) end as delay_p50_within_s,
    case when timed_events > 0 then coalesce(most_within_s, longest_s) end as delay_p95_within_s,
    longest_s as longest_delay_s
from
    (
        select
            *,
            is_told and closes_at > first_day as is_known,
            case
                when longest_us is not null
                then cast(divide(greatest(longest_us, 0) + 999999, 1000000) as bigint)
            end as longest_s
        from shown
    )
order by event_type, window_no
