create or replace temp table flags as
select
    observed.transact_id,
    observed.transact_hash,
    observed.status,
    case
        when is_conflict
        then 'conflict'
        when observed.status = 'reserved'
        then case when status_at > left_at then 'illegal_transition' end
        when observed.status = 'returned'
        then case
            when left_status = 'settled' and status_at >= left_at then null else 'illegal_transition'
        end
        when observed.status <> left_status
        then 'illegal_transition'
    end as flag
from observed
left join departures using (transact_id)
