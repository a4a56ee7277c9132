-- Exceptions of some kinds that were open at an instant, or opened in a window where one is given;
-- the oldest first. Each by the id that says the most, once.
select coalesce(entry_id, transact_id, quote_id, partner_reference) as id
from exceptions
where
    is_current
    and list_contains(cast($kinds as varchar[]), kind)
    and opens_at < $end
    and opens_at >= coalesce($start, opens_at)
    and ($start is not null or coalesce(closes_at >= $end, true))
    and coalesce(closes_at > opens_at, true)
    and pool_id is not distinct from $pool_id
    and coalesce(entry_id, transact_id, quote_id, partner_reference) is not null
group by id
order by min(opens_at), id
limit $most
