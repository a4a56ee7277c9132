-- metric: ledger_exceptions
-- title: Ledger exceptions
-- formula: reconciliation exceptions with their event time in W, found by as_of and not pending
-- then
-- unit: exceptions
-- kind: flow
-- grain: pool, currency, window
-- null: where no trade or no ledger entry is known, and for W before the first day of either
-- direction: down_is_good
-- source: ledger, trades, orders, balances
-- is not: the number of open exceptions; one of no pool belongs to no row
with
    found as (
        select windows.window_no, exceptions.pool_id, exceptions.currency, count(*) as exceptions
        from exceptions
        join
            windows
            on windows.window_start <= exceptions.event_at
            and windows.closes_at > exceptions.event_at
        where
            exceptions.is_current
            and exceptions.opens_at < cast($as_of as timestamp)
            and (exceptions.closes_at is null or exceptions.closes_at > exceptions.opens_at)
        group by all
    ),
    by_row as (
        select grid.row_no, sum(found.exceptions) as exceptions
        from grid
        join
            found
            on found.window_no = grid.window_no
            and found.pool_id = grid.pool_id
            and (found.currency is null or found.currency is not distinct from grid.currency)
        group by grid.row_no
    )

select
    grid.row_no,
    case
        when grid.closes_at > reconciled.known_from
        then cast(coalesce(by_row.exceptions, 0) as bigint)
    end as ledger_exceptions
from grid
cross join reconciled
left join by_row on by_row.row_no = grid.row_no
