-- metric: daily_band_usage
-- title: Daily band usage
-- formula: trades created since the local day's start, less failed or released, over the day's band
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null when the day has no band or a band of 0
-- direction: neutral
-- source: trades, limits, programs
-- is not: clamped at 1; over the band is shown
with
    spent as (
        select
            closings.zone_no,
            closings.window_no,
            closings.day_start,
            closing.lane_no,
            lanes.currency,
            closing.kept_notional - day.kept_notional as used_notional
        from day_closings as closings
        join
            running as closing
            on closing.zone_no = closings.zone_no
            and closing.mark = closings.closing_mark
        join
            running as day
            on day.zone_no = closings.zone_no
            and day.mark = closings.day_mark
            and day.lane_no = closing.lane_no
        join numbered_lanes as lanes on lanes.lane_no = closing.lane_no
    ),

    spent_together as (
        select zone_no, window_no, currency, sum(used_notional) as used_notional
        from spent
        group by all
    ),

    -- What counts against the band in force: a shared one is used by all pools of its currency.
    levels as (
        select
            grid.row_no,
            bands.is_shared as daily_band_is_shared,
            bands.value as daily_band_limit,
            case
                when bands.is_shared then spent_together.used_notional else spent.used_notional
            end as daily_band_used
        from grid
        join
            spent
            on spent.zone_no = grid.zone_no
            and spent.window_no = grid.window_no
            and spent.lane_no = grid.lane_no
        left join
            spent_together
            on spent_together.zone_no = grid.zone_no
            and spent_together.window_no = grid.window_no
            and spent_together.currency = grid.currency
        left join
            limit_steps as bands
            on bands.limit_name = 'daily_band'
            and bands.lane_no = grid.lane_no
            and bands.in_force_from <= spent.day_start
            and bands.in_force_to > spent.day_start
    )

select
    row_no,
    ratio(daily_band_used, daily_band_limit) as daily_band_usage,
    daily_band_is_shared,
    cast(daily_band_used as decimal(38, 8)) as daily_band_used,
    cast(daily_band_limit as decimal(38, 8)) as daily_band_limit,
    cast(daily_band_limit - daily_band_used as decimal(38, 8)) as daily_band_room
from levels
