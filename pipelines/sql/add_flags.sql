insert into facts.trade_flags
select transact_id, transact_hash, status, flag
from flags
where flag is not null
