-- metric: balance_visible
-- title: Visible balance
-- formula: visible_balance of the last snapshot of the currency before T
-- unit: money
-- kind: stock
-- grain: pool, currency, window
-- null: null without a snapshot or when it is older than balance_max_age
-- direction: neutral
-- source: balances
-- is not: the balance of one pool; pools of a currency share it
--
-- metric: balance_reserved
-- title: Reserved balance
-- formula: reserved_amount of the last snapshot of the currency before T
-- unit: money
-- kind: stock
-- grain: pool, currency, window
-- null: null without a snapshot, when that is too old or does not state it
-- direction: neutral
-- source: balances
-- is not: to be subtracted from balance_available once more
--
-- metric: balance_available
-- title: Available balance
-- formula: available_for_new_quotes of that snapshot, else its visible_balance
-- unit: money
-- kind: stock
-- grain: pool, currency, window
-- null: null without a snapshot or when it is older than balance_max_age
-- direction: up_is_good
-- source: balances
-- is not: gross of reservations; never subtract them again
with
    asked as (select distinct currency, closes_at from grid where currency is not null),

    latest as (
        select
            asked.currency,
            asked.closes_at,
            balances.visible_balance,
            balances.reserved_amount,
            coalesce(
                balances.available_for_new_quotes, balances.visible_balance
            ) as available_balance
        from asked
        asof join
            balances
            on balances.currency = asked.currency
            and balances.observed_at < asked.closes_at
        where balances.observed_at >= asked.closes_at - $balance_max_age
    )

select
    grid.row_no,
    latest.visible_balance as balance_visible,
    latest.reserved_amount as balance_reserved,
    latest.available_balance as balance_available
from grid
left join latest on latest.currency = grid.currency and latest.closes_at = grid.closes_at
