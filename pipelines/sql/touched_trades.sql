create or replace temp table touched as
select distinct transact_hash, transact_id
from fresh
