-- The programs in force, the newest version of each.
select
    program_id,
    max_by(product, effective_from) as product,
    max_by(phase, effective_from) as phase,
    max_by(time_zone, effective_from) as time_zone,
    max_by(approved_pools, effective_from) as pools
from programs
where effective_from <= $as_of
group by program_id
order by program_id
