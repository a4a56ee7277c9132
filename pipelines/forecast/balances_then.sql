-- grain: currency, moment; the last balance snapshot before each moment asked about, unless it was
-- older than $balance_max_age then, and the floor in force. Limits of one pool are no floor.
with
    latest as (
        select
            asked_balances.currency,
            asked_balances.moment,
            coalesce(balances.available_for_new_quotes, balances.visible_balance) as available
        from asked_balances
        asof join
            balances
            on balances.currency = asked_balances.currency
            and balances.observed_at < asked_balances.moment
        where balances.observed_at >= asked_balances.moment - $balance_max_age
    ),
    floors as (
        select
            asked_balances.currency,
            asked_balances.moment,
            max_by(limits.value, limits.effective_from) as balance_floor
        from asked_balances
        join
            limits
            on limits.currency = asked_balances.currency
            and limits.effective_from <= asked_balances.moment
            and (limits.effective_to is null or limits.effective_to > asked_balances.moment)
        where limits.limit_name = 'balance_floor' and limits.pool_id is null
        group by all
    )
select latest.currency, latest.moment, latest.available, floors.balance_floor
from latest
left join floors on floors.currency = latest.currency and floors.moment = latest.moment
