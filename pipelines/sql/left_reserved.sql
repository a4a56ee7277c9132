create or replace temp table departures as
select
    transact_id,
    first(status order by status_at, rank) as left_status,
    min(status_at) as left_at,
    first(rank order by status_at, rank) as left_rank
from observed
where not is_conflict and status in ('settled', 'failed', 'released')
group by transact_id
