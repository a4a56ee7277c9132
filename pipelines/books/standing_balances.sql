-- grain: currency; the last balance snapshot before an instant, how old it was then, and the floor
-- and target in force. Amounts older than $balance_max_age are no answer. A balance belongs to a
-- currency and to no pool, so that only limits of the whole currency apply.
with
    currencies as (
        select currency
        from balances
        where observed_at < $as_of
        union
        select currency
        from lanes
        where currency is not null and seen_from < $as_of
        union
        select currency
        from limits
        where limit_name in ('balance_floor', 'balance_target') and effective_from <= $as_of
    ),
    latest as (
        select currencies.currency, balances.* exclude (currency)
        from currencies
        left join balances on balances.currency = currencies.currency and observed_at < $as_of
        qualify
            row_number() over (
                partition by currencies.currency order by observed_at desc nulls last
            )
            = 1
    ),
    in_force as (
        select
            currency,
            max_by(value, effective_from) filter (
                where limit_name = 'balance_floor'
            ) as balance_floor,
            max_by(value, effective_from) filter (
                where limit_name = 'balance_target'
            ) as balance_target
        from limits
        where
            pool_id is null
            and effective_from <= $as_of
            and (effective_to is null or effective_to > $as_of)
        group by currency
    ),
    judged as (
        select
            *,
            case
                when observed_at is null
                then 'none'
                when observed_at < cast($as_of as timestamp) - $balance_max_age
                then 'old'
                else 'known'
            end as state
        from latest
    ),
    told as (
        select
            currency,
            observed_at,
            state,
            case
                when available_for_new_quotes is not null
                then 'available_for_new_quotes'
                when visible_balance is not null
                then 'visible_balance'
            end as basis,
            case when state = 'known' then visible_balance end as balance_visible,
            case when state = 'known' then reserved_amount end as balance_reserved,
            case
                when state = 'known' then coalesce(available_for_new_quotes, visible_balance)
            end as balance_available
        from judged
    )
select
    told.currency,
    told.state,
    told.observed_at,
    cast(
        divide(date_diff('microsecond', observed_at, cast($as_of as timestamp)), 1000000) as bigint
    ) as age_s,
    told.basis,
    told.balance_visible,
    told.balance_reserved,
    told.balance_available,
    in_force.balance_floor,
    in_force.balance_target,
    cast(told.balance_available - in_force.balance_floor as decimal(38, 8)) as above_floor,
    cast(in_force.balance_target - told.balance_available as decimal(38, 8)) as below_target
from told
left join in_force on in_force.currency = told.currency
order by told.currency
