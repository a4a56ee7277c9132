-- metric: accepted_quotes
-- title: Accepted quotes
-- formula: firm quotes requested in W with a trade created before as_of
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: up_is_good
-- source: quotes, trades
-- is not: trades created in W; it follows the quotes of W and never exceeds firm_quotes
--
-- metric: rejected_quotes
-- title: Rejected quotes
-- formula: firm quotes requested in W, not accepted, rejected_at before as_of
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: quotes, trades
-- is not: a refusal by the operator
--
-- metric: expired_quotes
-- title: Expired quotes
-- formula: firm quotes requested in W, not accepted or rejected, expires_at before as_of
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: quotes, trades
-- is not: an unavailable lane
--
-- metric: open_quotes
-- title: Open quotes
-- formula: firm quotes requested in W that are not accepted, rejected or expired at as_of
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: neutral
-- source: quotes, trades
-- is not: a reservation
with
    by_window as (
        select
            lanes.lane_no * $window_count + window_buckets.window_no as row_no,
            sum(quotes) filter (where accepted_bucket < $as_of) as accepted_quotes,
            sum(quotes) filter (
                where coalesce(accepted_bucket, $as_of) >= $as_of and rejected_bucket < $as_of
            ) as rejected_quotes,
            sum(quotes) filter (
                where
                    coalesce(accepted_bucket, $as_of) >= $as_of
                    and coalesce(rejected_bucket, $as_of) >= $as_of
                    and expires_bucket < $as_of
            ) as expired_quotes,
            sum(quotes) as ended_or_open_quotes
        from quote_paths as paths
        join window_buckets on window_buckets.bucket = paths.bucket
        join
            numbered_lanes as lanes
            on lanes.pool_id = paths.pool_id
            and lanes.currency = paths.currency
        group by 1
    )

select
    grid.row_no,
    cast(coalesce(accepted_quotes, 0) as bigint) as accepted_quotes,
    cast(coalesce(rejected_quotes, 0) as bigint) as rejected_quotes,
    cast(coalesce(expired_quotes, 0) as bigint) as expired_quotes,
    cast(
        coalesce(ended_or_open_quotes, 0)
        - coalesce(accepted_quotes, 0)
        - coalesce(rejected_quotes, 0)
        - coalesce(expired_quotes, 0) as bigint
    ) as open_quotes
from grid
left join by_window on by_window.row_no = grid.row_no
