select count(*)
from facts.trade_flags
where flag = 'conflict' and transact_hash in (select transact_hash from touched)
