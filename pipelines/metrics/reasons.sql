-- metric: unavailable_reasons
-- title: Unavailable reasons
-- formula: unavailable_quotes by reason; no reason given counts as other
-- unit: quotes by reason
-- kind: flow
-- grain: pool, currency, window
-- null: never; empty when there is none
-- direction: down_is_good
-- source: quotes
-- is not: an explanation of what happens behind the lane
-- One row for each reason of a row that has any, in order; the map is put together from these.
select
    lanes.lane_no * $window_count + window_buckets.window_no as row_no,
    buckets.reason as unavailable_reasons,
    cast(sum(buckets.quotes) as bigint) as quotes
from reason_buckets as buckets
join window_buckets on window_buckets.bucket = buckets.bucket
join
    numbered_lanes as lanes on lanes.pool_id = buckets.pool_id and lanes.currency = buckets.currency
where buckets.quotes > 0 and lanes.is_asked
group by 1, 2
order by 1, 2
