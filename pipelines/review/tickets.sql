-- grain: window, ticket_type, severity; tickets opened and closed in the window, and open as it
-- closes. A ticket's state then is what its newest update before then says, else its first one. A
-- ticket of no pool concerns all pools.
with
    states as (
        select window_no, window_start, asked_windows.closes_at as ends_at, tickets.*
        from asked_windows
        join tickets on tickets.opened_at < asked_windows.closes_at
        where
            tickets.pool_id is null or tickets.pool_id in (select unnest(cast($pools as varchar[])))
        qualify
            row_number() over (
                partition by window_no, ticket_id
                order by
                    updated_at < ends_at desc,
                    case when updated_at < ends_at then updated_at end desc,
                    updated_at
            )
            = 1
    )
select
    window_no,
    ticket_type,
    severity,
    count(*) filter (opened_at >= window_start) as opened,
    count(*) filter (closed_at >= window_start and closed_at < ends_at) as closed,
    count(*) filter (coalesce(closed_at >= ends_at, true)) as open_at_end
from states
group by all
having opened + closed + open_at_end > 0
order by window_no, ticket_type, severity
