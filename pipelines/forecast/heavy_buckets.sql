-- What was accepted in each quarter of an hour of [$start, $end), exact: what leaves a rolling cap
-- 24 hours later.
select pool_id, currency, bucket, cast(sum(notional) as decimal(38, 8)) as amount
from trade_paths
where bucket >= $start and bucket < $end
group by all
order by bucket
