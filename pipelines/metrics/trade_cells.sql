-- Trades by the segments in which they were created, left `reserved` and were returned.
-- A segment is the stretch between two neighbouring marks: segment n begins at mark n. What lies
-- before the first mark is segment 0, what lies at or after the last one is the last segment.
select
    lanes.lane_no,
    case
        when paths.bucket < $first_mark
        then 0
        when paths.bucket >= $last_mark
        then $last_segment
        else created.segment
    end as created_segment,
    case
        when paths.left_bucket < $first_mark
        then 0
        when paths.left_bucket >= $last_mark
        then $last_segment
        else departed.segment
    end as left_segment,
    paths.left_status,
    case
        when paths.returned_bucket < $first_mark
        then 0
        when paths.returned_bucket >= $last_mark
        then $last_segment
        else returned.segment
    end as returned_segment,
    cast(sum(paths.trades) as bigint) as trades,
    cast(sum(paths.notional) as decimal(38, 8)) as notional,
    min(paths.oldest_created_at) as oldest_created_at,
    max(paths.largest_amount) as largest_amount
from trade_paths as paths
join numbered_lanes as lanes on lanes.pool_id = paths.pool_id and lanes.currency = paths.currency
left join slots as created on created.bucket = paths.bucket
left join slots as departed on departed.bucket = paths.left_bucket
left join slots as returned on returned.bucket = paths.returned_bucket
where
    (
        paths.bucket < $last_mark
        or paths.left_bucket < $last_mark
        or paths.returned_bucket < $last_mark
    )
    and (
        paths.bucket >= $first_mark
        or paths.left_bucket is null
        or paths.left_bucket >= $first_mark
        or paths.returned_bucket >= $first_mark
    )
group by all
