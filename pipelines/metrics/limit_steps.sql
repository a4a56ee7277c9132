-- The limit of each lane and name from each instant it changed: the pool's own row in force,
-- else the row of the whole currency; of several the latest effective one.
with
    applicable as (
        select
            lanes.lane_no,
            limits.limit_name,
            limits.value,
            limits.pool_id is null as is_shared,
            limits.effective_from,
            limits.effective_to
        from numbered_lanes as lanes
        join
            limits
            on limits.currency = lanes.currency
            and (limits.pool_id is null or limits.pool_id = lanes.pool_id)
        where limits.limit_name in ('daily_band', 'velocity_24h', 'max_order')
    ),

    changes as (
        select lane_no, limit_name, effective_from as changed_at
        from applicable
        union
        select lane_no, limit_name, effective_to as changed_at
        from applicable
        where effective_to is not null
    ),

    -- Own rows and shared rows apart: the latest of each that is in force at the change.
    in_force as (
        select
            changes.lane_no,
            changes.limit_name,
            changes.changed_at,
            max_by(value, effective_from) filter (where not is_shared) as own_value,
            max_by(value, effective_from) filter (where is_shared) as shared_value
        from changes
        left join
            applicable
            on applicable.lane_no = changes.lane_no
            and applicable.limit_name = changes.limit_name
            and applicable.effective_from <= changes.changed_at
            and (applicable.effective_to is null or applicable.effective_to > changes.changed_at)
        group by 1, 2, 3
    )

select
    lane_no,
    limit_name,
    changed_at as in_force_from,
    coalesce(
        lead(changed_at) over (partition by lane_no, limit_name order by changed_at),
        timestamp '9999-12-31 00:00:00'
    ) as in_force_to,
    coalesce(own_value, shared_value) as value,
    own_value is null as is_shared
from in_force
