-- The zones of the programs in force, the newest version of each.
select distinct max_by(time_zone, effective_from) as time_zone
from programs
where effective_from <= $as_of
group by program_id
