-- grain: window, currency; exceptions with their event time in the window, as the figure
-- `ledger_exceptions` counts them, and what is open as the window closes. Of those without a pool
-- count those of the pools' currencies, and of no currency.
with
    asked_pools as (select unnest(cast($pools as varchar[])) as pool_id),
    asked_currencies as (
        select currency from lanes where pool_id in (select pool_id from asked_pools)
    ),
    concerned as (
        select *
        from exceptions
        where
            is_current
            and coalesce(closes_at > opens_at, true)
            and (
                pool_id in (select pool_id from asked_pools)
                or (
                    pool_id is null
                    and (currency is null or currency in (select currency from asked_currencies))
                )
            )
    ),
    placed as (
        select
            window_no,
            currency,
            amount,
            date_sub('second', event_at, asked_windows.closes_at) as age_s,
            event_at >= window_start and opens_at < cast($as_of as timestamp) as is_arising,
            opens_at < asked_windows.closes_at
            and coalesce(concerned.closes_at >= asked_windows.closes_at, true) as is_open
        from asked_windows
        join concerned on concerned.event_at < asked_windows.closes_at
    )
select
    window_no,
    currency,
    count(*) filter (is_arising) as arising,
    count(*) filter (is_open) as open_at_end,
    max(age_s) filter (is_open) as oldest_open_age_s,
    cast(sum(abs(amount)) filter (is_open) as decimal(38, 8)) as value_at_risk,
    count(*) filter (is_open and amount is null) as open_without_amount
from placed
group by all
having arising + open_at_end > 0
order by window_no, currency nulls last
