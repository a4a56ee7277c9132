select transact_id, status, flag
from facts.trade_flags
where flag is not null and list_contains(cast($transact_ids as varchar[]), transact_id)
