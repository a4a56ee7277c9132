-- What became of the trades created in one day of some pools, as of an instant.
with asked_pools as (select unnest(cast($pools as varchar[])) as pool_id)
select
    cast(coalesce(sum(trades), 0) as bigint) as trades,
    cast(
        coalesce(
            sum(trades) filter (coalesce(left_bucket >= cast($before as timestamp), true)), 0
        ) as bigint
    ) as still_reserved,
    (
        select count(*)
        from exceptions
        where
            is_current
            and event_at >= cast($day_start as timestamp)
            and event_at < cast($day_end as timestamp)
            and opens_at < cast($before as timestamp)
            and coalesce(closes_at >= cast($before as timestamp), true)
            and (
                pool_id in (select pool_id from asked_pools)
                or (
                    pool_id is null
                    and (
                        currency is null
                        or currency in (
                            select currency
                            from lanes
                            where pool_id in (select pool_id from asked_pools)
                        )
                    )
                )
            )
    ) as open_exceptions,
    (select min(known_from) from reconciled) as known_from
from trade_paths
where
    bucket >= cast($day_start as timestamp)
    and bucket < cast($day_end as timestamp)
    and bucket < cast($before as timestamp)
    and pool_id in (select pool_id from asked_pools)
