-- grain: window, pool; counts of a review, added over a pool's currencies. Each is the sum of the
-- same stored parts as the figure of its name; of the trades that left `reserved` in the window,
-- how many settled, failed and were released, and how many settled ones were returned in it.
with
    asked_pools as (select unnest(cast($pools as varchar[])) as pool_id),
    quoted as (
        select
            window_no,
            pool_id,
            sum(quote_requests) as quote_requests,
            sum(unavailable_quotes) as unavailable_quotes,
            sum(limit_errored_quotes) as limit_errored_quotes
        from asked_windows
        join quote_buckets on bucket >= window_start and bucket < closes_at
        group by all
    ),
    refused as (
        select window_no, pool_id, sum(limit_errors) as limit_errors
        from asked_windows
        join error_buckets on bucket >= window_start and bucket < closes_at
        group by all
    ),
    departed as (
        select
            window_no,
            pool_id,
            sum(trades) as left_trades,
            sum(trades) filter (left_status = 'settled') as settled_trades,
            sum(trades) filter (left_status = 'failed') as failed_trades,
            sum(trades) filter (left_status = 'released') as released_trades
        from asked_windows
        join trade_paths on left_bucket >= window_start and left_bucket < closes_at
        group by all
    ),
    returned as (
        select window_no, pool_id, sum(trades) as returned_trades
        from asked_windows
        join trade_paths on returned_bucket >= window_start and returned_bucket < closes_at
        group by all
    ),
    open_lanes as (
        select
            window_no,
            pool_id,
            sum(available_us) as available_us,
            sum(unavailable_us) as unavailable_us
        from asked_windows
        join availability_buckets on bucket >= window_start and bucket < closes_at
        group by all
    )
select
    window_no,
    pool_id,
    cast(coalesce(quote_requests, 0) as bigint) as quote_requests,
    cast(coalesce(unavailable_quotes, 0) as bigint) as unavailable_quotes,
    cast(coalesce(limit_errored_quotes, 0) + coalesce(limit_errors, 0) as bigint) as limit_errors,
    cast(coalesce(left_trades, 0) as bigint) as left_trades,
    cast(coalesce(settled_trades, 0) as bigint) as settled_trades,
    cast(coalesce(failed_trades, 0) as bigint) as failed_trades,
    cast(coalesce(released_trades, 0) as bigint) as released_trades,
    cast(coalesce(returned_trades, 0) as bigint) as returned_trades,
    cast(coalesce(available_us, 0) as bigint) as available_us,
    cast(coalesce(unavailable_us, 0) as bigint) as unavailable_us,
    date_diff('microsecond', window_start, closes_at) as elapsed_us
from asked_windows
cross join asked_pools
left join quoted using (window_no, pool_id)
left join refused using (window_no, pool_id)
left join departed using (window_no, pool_id)
left join returned using (window_no, pool_id)
left join open_lanes using (window_no, pool_id)
order by window_no, pool_id
