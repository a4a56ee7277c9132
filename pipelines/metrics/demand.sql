-- metric: quote_requests
-- title: Quote requests
-- formula: count of quote attempts with requested_at in W
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: neutral
-- source: quotes
-- is not: a count of customers or of trades
--
-- metric: indicative_quotes
-- title: Indicative quotes
-- formula: quote attempts in W that were available and indicative
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: neutral
-- source: quotes
-- is not: a price that can be executed
--
-- metric: firm_quotes
-- title: Firm quotes
-- formula: quote attempts in W that were available and firm
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: neutral
-- source: quotes
-- is not: a trade
--
-- metric: unavailable_quotes
-- title: Unavailable quotes
-- formula: quote attempts in W answered as not available, without an HTTP error
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: quotes
-- is not: a failed call; those are errored_quotes
--
-- metric: errored_quotes
-- title: Errored quotes
-- formula: quote attempts in W that ended with an HTTP error status
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: quotes
-- is not: an unavailable lane
--
-- metric: failed_quote_attempts
-- title: Failed quote attempts
-- formula: unavailable_quotes + errored_quotes
-- unit: quotes
-- kind: flow
-- grain: pool, currency, window
-- null: never; 0 when there is none
-- direction: down_is_good
-- source: quotes
-- is not: a count of failed trades
--
-- metric: requested_volume
-- title: Requested volume
-- formula: sum of the known fiat_amount of quote attempts in W
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: null when W has attempts and none states an amount; 0 without attempts
-- direction: neutral
-- source: quotes
-- is not: money that moved
--
-- metric: quoted_volume
-- title: Quoted volume
-- formula: sum of the known fiat_amount of firm quotes requested in W
-- unit: money
-- kind: flow
-- grain: pool, currency, window
-- null: null when W has firm quotes and none states an amount; 0 without firm quotes
-- direction: neutral
-- source: quotes
-- is not: money that moved
with
    by_window as (
        select
            lanes.lane_no * $window_count + window_buckets.window_no as row_no,
            sum(quote_requests) as quote_requests,
            sum(indicative_quotes) as indicative_quotes,
            sum(firm_quotes) as firm_quotes,
            sum(unavailable_quotes) as unavailable_quotes,
            sum(errored_quotes) as errored_quotes,
            sum(limit_errored_quotes) as limit_errored_quotes,
            sum(requested_amounts) as requested_amounts,
            sum(quoted_amounts) as quoted_amounts,
            sum(requested_volume) as requested_volume,
            sum(quoted_volume) as quoted_volume
        from quote_buckets as buckets
        join window_buckets on window_buckets.bucket = buckets.bucket
        join
            numbered_lanes as lanes
            on lanes.pool_id = buckets.pool_id
            and lanes.currency = buckets.currency
        group by 1
    )

select
    grid.row_no,
    cast(coalesce(quote_requests, 0) as bigint) as quote_requests,
    cast(coalesce(indicative_quotes, 0) as bigint) as indicative_quotes,
    cast(coalesce(firm_quotes, 0) as bigint) as firm_quotes,
    cast(coalesce(unavailable_quotes, 0) as bigint) as unavailable_quotes,
    cast(coalesce(errored_quotes, 0) as bigint) as errored_quotes,
    cast(coalesce(unavailable_quotes + errored_quotes, 0) as bigint) as failed_quote_attempts,
    case
        when quote_requests > 0 and requested_amounts = 0
        then null
        else cast(coalesce(requested_volume, 0) as decimal(38, 8))
    end as requested_volume,
    case
        when firm_quotes > 0 and quoted_amounts = 0
        then null
        else cast(coalesce(quoted_volume, 0) as decimal(38, 8))
    end as quoted_volume,
    cast(coalesce(limit_errored_quotes, 0) as bigint) as limit_errored_quotes
from grid
left join by_window on by_window.row_no = grid.row_no
