-- metric: approved_band
-- title: Approved band
-- formula: sum of the bands of W's local days begun before as_of; the day's band for a shorter W
-- unit: money
-- kind: stock
-- grain: pool, currency, window
-- null: null when any of the days has no band
-- direction: neutral
-- source: limits, programs
-- is not: a promise of liquidity
select
    grid.row_no,
    cast(
        case when count(steps.value) = count(*) then sum(steps.value) end as decimal(38, 8)
    ) as approved_band
from grid
join band_days on band_days.zone_no = grid.zone_no and band_days.window_no = grid.window_no
left join
    limit_steps as steps
    on steps.limit_name = 'daily_band'
    and steps.lane_no = grid.lane_no
    and steps.in_force_from <= band_days.band_at
    and steps.in_force_to > band_days.band_at
group by grid.row_no
