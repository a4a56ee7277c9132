insert into facts.touched
select 'trades', transact_hash
from touched
