insert into facts.weak_links
select entry_id, transact_id
from current_exceptions
where match = 'weak'
