-- metric: quote_utilization
-- title: Quote utilization
-- formula: quoted_volume / approved_band
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without quoted_volume or a band, or with a band of 0
-- direction: neutral
-- source: quotes, limits
-- is not: clamped at 1; over the band is shown
--
-- metric: execution_utilization
-- title: Execution utilization
-- formula: settled_volume / approved_band
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without a band or with a band of 0
-- direction: neutral
-- source: trades, limits
-- is not: the use of the operator's inventory
-- All fractions go through `ratio` together: planning the macro once costs less than dividing.
with
    divided as (
        select
            row_no,
            ratios(
                [
                    {'top':quoted_volume, 'bottom':approved_band},
                    {'top':settled_volume, 'bottom':approved_band}
                ]
            ) as quotients
        from figures
    )

select row_no, quotients[1] as quote_utilization, quotients[2] as execution_utilization
from divided
