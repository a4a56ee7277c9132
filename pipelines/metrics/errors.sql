-- metric: limit_errors
-- title: Limit errors
-- formula: errored quotes with a limit error code + transact calls refused with 429, in W
-- unit: errors
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: quotes, errors
-- is not: all errors; one without a pool belongs to no row, one of a pool to each currency row
--
-- metric: balance_errors
-- title: Balance errors
-- formula: transact calls refused with 402 in W
-- unit: errors
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: errors
-- is not: a low balance by itself; errors without a pool belong to no row
--
-- metric: transact_conflicts
-- title: Transact conflicts
-- formula: transact calls refused with 409 in W
-- unit: errors
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: errors
-- is not: a conflict between records; errors without a pool belong to no row
with
    by_window as (
        select
            buckets.pool_id,
            window_buckets.window_no,
            sum(buckets.limit_errors) as limit_errors,
            sum(buckets.balance_errors) as balance_errors,
            sum(buckets.transact_conflicts) as transact_conflicts
        from error_buckets as buckets
        join window_buckets on window_buckets.bucket = buckets.bucket
        group by all
    )

select
    grid.row_no,
    cast(demand.limit_errored_quotes + coalesce(limit_errors, 0) as bigint) as limit_errors,
    cast(coalesce(balance_errors, 0) as bigint) as balance_errors,
    cast(coalesce(transact_conflicts, 0) as bigint) as transact_conflicts
from grid
join demand on demand.row_no = grid.row_no
left join by_window on by_window.pool_id = grid.pool_id and by_window.window_no = grid.window_no
