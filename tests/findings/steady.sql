-- Thirty steady days of each pool up to $now: in every quarter of an hour 5 quote requests, 4 of them
-- firm, of which 2 are accepted and 2 expire; 2 trades of 50.00 that settle a quarter hour later.
create table slots as
select unnest(generate_series($now - interval 30 day, $now - interval 15 minute, interval 15 minute)) as bucket;
create table pools as select unnest(['EUR-USDT', 'EUR-USDC', 'GBP-USDT']) as pool_id;
insert into lanes (pool_id, currency, seen_from)
select pool_id, pool_id[:3], (select min(bucket) from slots) from pools;
insert into quote_buckets
select cast(bucket as date), bucket, pool_id, pool_id[:3], 5, 1, 4, 0, 0, 0, 5, 4, 500, 400
from slots cross join pools;
insert into quote_paths
select cast(bucket as date), bucket, pool_id, pool_id[:3], bucket, null, bucket + interval 15 minute, 2
from slots cross join pools
union all
select cast(bucket as date), bucket, pool_id, pool_id[:3], null, null, bucket, 2
from slots cross join pools;
insert into trade_paths
select cast(bucket as date), bucket, pool_id, pool_id[:3], bucket + interval 15 minute, 'settled', null,
    2, 100, bucket + interval 1 minute, 50
from slots cross join pools;
insert into availability_buckets
select cast(bucket as date), bucket, pool_id, 900000000, 0, null from slots cross join pools;
insert into webhook_buckets
select cast(bucket as date), bucket, 'pool.transaction.settled', 6, 6, 0, 0, 0 from slots;
insert into balances
select currency, bucket, null, 10000, null, null
from slots cross join (select distinct pool_id[:3] as currency from pools);
insert into limits values
    (null, 'balance_floor', 5000, 'EUR', timestamp '2020-01-01', null),
    (null, 'balance_floor', 5000, 'GBP', timestamp '2020-01-01', null),
    ('EUR-USDT', 'daily_band', 100000, 'EUR', timestamp '2020-01-01', null);
insert into programs values (
    'core', timestamp '2020-01-01', 'wallet', null, ['EUR-USDT', 'EUR-USDC', 'GBP-USDT'], null, null,
    'ongoing', 'UTC', 'monthly', true, true, true, true, null
);
update reconciled set known_from = $now - interval 30 day;
