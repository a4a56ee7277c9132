-- check: trade_volume
-- severity: error
-- days of: trades
-- says: the trades of a day add up to what was told of it, to the last digit
-- do: run `utilization rebuild`
with
    stored as (
        select day, pool_id, currency, sum(trades) as trades, sum(notional) as amount
        from serving.trade_paths
        where day in (select day from checked_days)
        group by all
    ),
    told as (
        select
            cast(created_at as date) as day,
            pool_id,
            currency,
            count(*) as trades,
            sum(fiat_amount) as amount
        from facts.trade_state
        where cast(created_at as date) in (select day from checked_days)
        group by all
    )
select
    day,
    concat_ws(' ', pool_id, currency) as subject,
    concat_ws(' ', coalesce(told.trades, 0), coalesce(told.amount, 0)) as expected,
    concat_ws(' ', coalesce(stored.trades, 0), coalesce(stored.amount, 0)) as found
from told
full join stored using (day, pool_id, currency)
where
    told.trades is distinct from stored.trades
    or told.amount::varchar is distinct from stored.amount::varchar
