-- metric: reserved_utilization
-- title: Reserved utilization
-- formula: reserved_notional / balance_available (or balance_visible where that basis is chosen)
-- unit: ratio
-- kind: ratio
-- grain: pool, currency, window
-- null: null without a balance or with a balance of 0
-- direction: down_is_good
-- source: trades, balances
-- is not: a reserve ratio of the operator
select
    row_no,
    ratio(
        reserved_notional,
        case when $basis = 'visible' then balance_visible else balance_available end
    ) as reserved_utilization
from figures
