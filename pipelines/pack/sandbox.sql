-- What was tried in the sandbox before an instant, of some pools; webhooks and ledger have no pool.
with asked_pools as (select unnest(cast($pools as varchar[])) as pool_id)
select
    (
        select cast(coalesce(sum(firm_quotes), 0) as bigint)
        from quote_buckets
        where bucket < cast($before as timestamp) and pool_id in (select pool_id from asked_pools)
    ) as firm_quotes,
    (
        select cast(coalesce(sum(trades), 0) as bigint)
        from trade_paths
        where
            left_bucket < cast($before as timestamp)
            and left_status = 'settled'
            and pool_id in (select pool_id from asked_pools)
    ) as settled_trades,
    (
        select
            cast(
                coalesce(
                    sum(trades) filter (
                        left_status <> 'settled' or returned_bucket < cast($before as timestamp)
                    ),
                    0
                ) as bigint
            )
        from trade_paths
        where
            left_bucket < cast($before as timestamp)
            and pool_id in (select pool_id from asked_pools)
    ) as unsettled_trades,
    (
        select cast(coalesce(sum(delivered), 0) as bigint)
        from webhook_buckets
        where bucket < cast($before as timestamp)
    ) as delivered_webhooks,
    (
        select cast(coalesce(sum(entries), 0) as bigint)
        from ledger_buckets
        where bucket < cast($before as timestamp)
    ) as ledger_entries,
    (
        select count(*)
        from exceptions
        where
            is_current
            and opens_at < cast($before as timestamp)
            and coalesce(closes_at >= cast($before as timestamp), true)
    ) as open_exceptions
