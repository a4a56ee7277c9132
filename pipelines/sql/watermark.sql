-- The watermark: the oldest of the newest event times of the required kinds that have arrived;
-- given a time, of those that were landed before it.
with
    reached as (
        select kind, max(newest_event_at) as newest_event_at
        from facts.batches
        where
            newest_event_at is not null
            and kind not in ('limits', 'programs')
            and coalesce(landed_at < cast($landed_before as timestamp), true)
        group by kind
    )
select
    coalesce(
        min(newest_event_at) filter (kind in (select unnest(cast($required as varchar[])))),
        min(newest_event_at)
    ),
    max(newest_event_at)
from reached
