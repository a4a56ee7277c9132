-- Exceptions as of an instant, the oldest first; `age_s` of those that are not resolved. With
-- history also those that were open only until a late record came.
with
    told as (
        select
            *,
            case
                when
                    not is_current or closes_at < cast($as_of as timestamp) or closes_at <= opens_at
                then 'resolved'
                when opens_at >= cast($as_of as timestamp)
                then 'pending'
                else 'open'
            end as state
        from exceptions
        where
            event_at < cast($as_of as timestamp)
            and (cast($history as boolean) or (is_current and coalesce(closes_at > opens_at, true)))
    )
select
    kind,
    state,
    match,
    pool_id,
    currency,
    amount,
    event_at,
    case
        when state <> 'resolved' then date_sub('second', event_at, cast($as_of as timestamp))
    end as age_s,
    first_seen_at,
    resolved_at,
    transact_id,
    quote_id,
    entry_id,
    partner_reference,
    candidates
from told
where
    state in (select unnest(cast($states as varchar[])))
    and kind in (select unnest(cast($kinds as varchar[])))
order by event_at, kind, exception_id
