-- grain: pool_id, currency, age; the trades reserved as of an instant, by how long they had been
with
    lanes_seen as (select distinct pool_id, currency from trade_paths where bucket < $as_of),
    reserved as (
        select
            pool_id,
            currency,
            age_no,
            cast(sum(trades) as bigint) as trades,
            cast(sum(notional) as decimal(38, 8)) as notional,
            min(oldest_created_at) as oldest_created_at
        from trade_paths
        join ages on bucket >= created_from and bucket < created_before
        where coalesce(left_bucket >= $as_of, true)
        group by all
    )
select
    lanes_seen.pool_id,
    lanes_seen.currency,
    cast($as_of as timestamp) as as_of,
    ages.age,
    ages.over_s,
    ages.up_to_s,
    coalesce(reserved.trades, 0) as reserved_count,
    cast(coalesce(reserved.notional, 0) as decimal(38, 8)) as reserved_notional,
    reserved.oldest_created_at,
    cast(
        divide(
            date_diff('microsecond', reserved.oldest_created_at, cast($as_of as timestamp)), 1000000
        ) as bigint
    ) as oldest_age_s
from lanes_seen
cross join ages
left join
    reserved
    on reserved.pool_id = lanes_seen.pool_id
    and reserved.currency = lanes_seen.currency
    and reserved.age_no = ages.age_no
order by lanes_seen.pool_id, lanes_seen.currency, ages.age_no
