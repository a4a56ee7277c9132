-- grain: exception, current or once seen: when this deployment first saw it open, and when records
-- that close it had come
with
    told as (
        select
            *,
            opens_at < getvariable('known_to')
            and (closes_at is null or closes_at > opens_at) as has_opened,
            closes_at is not null and closes_at < getvariable('known_to') as has_closed
        from current_exceptions
    )
select
    told.* exclude (has_opened, has_closed),
    true as is_current,
    coalesce(
        held.first_seen_at,
        case when told.has_opened then cast(getvariable('seen_at') as timestamp) end
    ) as first_seen_at,
    case
        when told.has_closed and coalesce(told.has_opened or held.first_seen_at is not null, false)
        then coalesce(held.resolved_at, cast(getvariable('seen_at') as timestamp))
    end as resolved_at
from told
left join facts.exceptions as held using (exception_id)
union all by name
select
    * replace (
        false as is_current,
        coalesce(resolved_at, cast(getvariable('seen_at') as timestamp)) as resolved_at
    )
from facts.exceptions
where
    first_seen_at is not null and exception_id not in (select exception_id from current_exceptions)
