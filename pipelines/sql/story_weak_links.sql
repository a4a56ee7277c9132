select entry_id, transact_id
from facts.weak_links
where
    list_contains(cast($entry_ids as varchar[]), entry_id)
    or list_contains(cast($transact_ids as varchar[]), transact_id)
order by entry_id, transact_id
