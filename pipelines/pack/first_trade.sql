-- When the first trade of some pools was created, before an instant.
select min(oldest_created_at) as created_at
from trade_paths
where pool_id in (select unnest(cast($pools as varchar[]))) and bucket < cast($before as timestamp)
