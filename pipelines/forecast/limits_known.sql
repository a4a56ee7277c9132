-- Every limit that uses add up against, with the time it is in force.
select pool_id, limit_name, currency, value, effective_from, effective_to
from limits
where limit_name in ('daily_band', 'velocity_24h')
order by effective_from
