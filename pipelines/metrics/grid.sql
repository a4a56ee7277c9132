-- Every lane asked for in every window, so that a window without activity has its row.
select
    lanes.lane_no * $window_count + windows.window_no as row_no,
    lanes.lane_no,
    windows.window_no,
    lanes.pool_id,
    lanes.currency,
    lanes.zone_no,
    windows.window_name as "window",
    windows.window_start,
    windows.window_end,
    cast($as_of as timestamp) as as_of,
    windows.closes_at,
    windows.closing_mark,
    windows.elapsed_us
from numbered_lanes as lanes
cross join windows
where lanes.is_asked
