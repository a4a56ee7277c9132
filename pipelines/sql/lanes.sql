-- Every lane that may be reported, and the bucket from which on it is known: what was agreed is
-- known at any time, so its bucket lies before every record's. A pool's
-- currencies are those of its traffic (1), else of its limits (2), else it has none (3).
delete from serving.lanes
;
insert into serving.lanes
with
    traffic as (
        select pool_id, currency, min(bucket) as seen_from
        from serving.quote_buckets
        group by pool_id, currency
        union all
        select
            pool_id,
            currency,
            least(min(bucket), min(left_bucket), min(returned_bucket)) as seen_from
        from serving.trade_paths
        group by pool_id, currency
    ),
    named as (
        select pool_id, min(bucket) as seen_from
        from serving.availability_buckets
        group by pool_id
        union all
        select pool_id, min(bucket) as seen_from
        from serving.error_buckets
        where pool_id is not null
        group by pool_id
        union all
        select distinct unnest(approved_pools) as pool_id, timestamp '1999-12-31' as seen_from
        from serving.programs
    )
select pool_id, currency, 1 as priority, min(seen_from) as seen_from
from traffic
group by pool_id, currency
union all
select distinct pool_id, currency, 2 as priority, timestamp '1999-12-31' as seen_from
from serving.limits
where pool_id is not null
union all
select pool_id, null as currency, 3 as priority, min(seen_from) as seen_from
from named
group by pool_id
