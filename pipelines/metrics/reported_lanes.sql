-- One row per lane, in the order of the answer, with the time zone in which its daily band resets.
-- Only what happened before as_of makes a lane. The zone is that of the program in force at as_of
-- that lists the pool, else that of the smallest program in force, else UTC.
with
    reported as (
        select pool_id, min(priority) as priority
        from lanes
        where seen_from < $as_of
        group by pool_id
    ),

    in_force as (
        select
            program_id,
            max_by(time_zone, effective_from) as time_zone,
            max_by(approved_pools, effective_from) as approved_pools
        from programs
        where effective_from <= $as_of
        group by program_id
    ),

    listed as (select program_id, time_zone, unnest(approved_pools) as pool_id from in_force),

    pool_zones as (
        select pool_id, min_by(time_zone, program_id) as time_zone from listed group by pool_id
    ),

    first_zone as (select min_by(time_zone, program_id) as time_zone from in_force)

select
    lanes.pool_id,
    lanes.currency,
    coalesce(pool_zones.time_zone, first_zone.time_zone, 'UTC') as time_zone,
    $pools is null or list_contains($pools, lanes.pool_id) as is_asked
from lanes
join reported on reported.pool_id = lanes.pool_id and reported.priority = lanes.priority
cross join first_zone
left join pool_zones on pool_zones.pool_id = lanes.pool_id
where lanes.seen_from < $as_of
order by lanes.pool_id, lanes.currency nulls last
