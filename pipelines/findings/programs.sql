-- grain: program version, pool; from when to when which pools were approved, and whether all was
-- ready; in microseconds since $origin.
with
    versions as (
        select
            *,
            lead(effective_from) over (
                partition by program_id order by effective_from
            ) as effective_to
        from programs
    )
select
    program_id,
    unnest(approved_pools) as pool_id,
    funding_ready and webhooks_ready and monitoring_ready and support_ready as is_ready,
    date_diff('microsecond', $origin, effective_from) as from_us,
    date_diff('microsecond', $origin, effective_to) as to_us
from versions
where effective_from < $end
order by effective_from
