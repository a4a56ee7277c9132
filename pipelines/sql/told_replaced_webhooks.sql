select event_hash, transact_hash, day, false as is_replaced
from fresh
union all
select event_hash, transact_hash, day, true as is_replaced
from variants
where known and not stays
