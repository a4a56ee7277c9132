-- What has arrived of each kind, over all its sources.
select
    kind,
    max(newest_event_at) as newest_event_at,
    max(landed_at) as landed_at,
    cast(sum(records) as bigint) as records,
    count(*) as sources
from freshness
group by kind
order by kind
