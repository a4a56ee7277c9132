-- grain: currency, observed_at; each balance snapshot beside the running ledger and the trades
-- reserved just before it. `difference` is what the balance holds more than the ledger explains
-- since the currency's first snapshot.
with
    points as (
        select
            currency,
            bucket,
            1 as place,
            cast(null as timestamp) as observed_at,
            amount as ledger,
            cast(0 as decimal(38, 8)) as reserved
        from ledger_buckets
        union all
        select
            currency,
            bucket,
            1 as place,
            null as observed_at,
            0 as ledger,
            case when left_bucket < bucket then 0 else notional end as reserved
        from trade_paths
        union all
        select
            currency,
            left_bucket as bucket,
            1 as place,
            null as observed_at,
            0 as ledger,
            - notional as reserved
        from trade_paths
        where left_bucket >= bucket
        union all
        select currency, bucket, 0 as place, observed_at, 0 as ledger, 0 as reserved
        from balance_marks
        where observed_at < $as_of
    ),
    running as (
        select
            currency,
            observed_at,
            cast(sum(ledger) over before as decimal(38, 8)) as ledger,
            cast(sum(reserved) over before as decimal(38, 8)) as reserved
        from points
        window
            before as (
                partition by currency
                order by bucket, place
                rows between unbounded preceding and current row
            )
    ),
    told as (
        select
            (select count(*) > 0 from ledger_buckets where bucket < $as_of) as is_ledger_told,
            (select count(*) > 0 from trade_paths where bucket < $as_of) as are_trades_told
    ),
    read as (
        select
            marks.*,
            case
                when is_ledger_told
                then cast(running.ledger + marks.ledger_in_bucket as decimal(38, 8))
            end as running_ledger,
            case
                when are_trades_told
                then cast(running.reserved + marks.reserved_in_bucket as decimal(38, 8))
            end as reserved_per_trades
        from running
        join
            balance_marks as marks
            on marks.currency = running.currency
            and marks.observed_at = running.observed_at
        cross join told
    )
select
    currency,
    observed_at,
    visible_balance,
    reserved_amount,
    balance_available,
    running_ledger,
    cast(
        balance_available
        - running_ledger
        - first_value(balance_available - running_ledger) over (
            partition by currency order by observed_at
        ) as decimal(38, 8)
    ) as difference,
    reserved_per_trades,
    cast(reserved_amount - reserved_per_trades as decimal(38, 8)) as reserved_difference
from read
qualify observed_at >= coalesce($start, observed_at)
order by currency, observed_at
