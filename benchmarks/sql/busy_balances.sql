-- Every half hour what the ledger has come to by then; now and then a little beside it for a while.
with
    snapshots as (
        select currency, cast($start as timestamp) + number * interval 30 minute as observed_at
        from range(1, cast($seconds / 1800 as bigint)) as counted(number)
        cross join (values ('EUR'), ('GBP')) as currencies(currency)
    ),

    moved as (
        select
            currency,
            booked_at,
            sum(delta) over (partition by currency order by booked_at, entry_id) as balance
        from ({query})
    )

select
    'lumen-wallet' as partner_id,
    'production' as environment,
    snapshots.currency,
    strftime(snapshots.observed_at, '%Y-%m-%dT%H:%M:%SZ') as observed_at,
    cast(
        cast(
            100000000
            + coalesce(moved.balance, 0)
            + if(hash(date_trunc('day', snapshots.observed_at)) % 12 = 0, 17, 0) as decimal(28, 8)
        ) as varchar
    ) as visible_balance
from snapshots
asof left join
    moved
    on moved.currency = snapshots.currency
    and moved.booked_at < snapshots.observed_at
