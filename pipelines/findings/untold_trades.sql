-- Ends of trades of one pool whose webhook was late at an instant and had not come; oldest first.
select transact_id
from late_webhooks
where
    pool_id = $pool_id
    and status_at + $lateness < $end
    and status_at + $lateness >= $start
    and coalesce(delivered_at >= $end, true)
order by status_at, transact_id
limit $most
