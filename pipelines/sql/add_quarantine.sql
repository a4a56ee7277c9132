insert into facts.quarantine by name
select *
from set_aside
where entry_id not in (select entry_id from facts.quarantine)
