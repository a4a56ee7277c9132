merge into facts.trade_state as held
using states
on held.transact_hash = states.transact_hash and held.transact_id = states.transact_id
when matched
then update
when not matched
then insert
