-- The days of which any trade's path changed: by a load, or by a cut that came or went.
create or replace temp table flow_days as
select distinct cast(hour as date) as day
from serving.stale_hours
where model = 'trade_paths'
