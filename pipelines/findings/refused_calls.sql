-- Calls to transact in a window that ended with an HTTP status, of some pools; the newest first.
select request_id
from facts.errors
where
    day between cast($start as date) and cast($end as date)
    and occurred_at >= $start
    and occurred_at < $end
    and list_contains(cast($pools as varchar[]), pool_id)
    and operation = 'transact'
    and http_status = $http_status
order by occurred_at desc, request_id
limit $most
