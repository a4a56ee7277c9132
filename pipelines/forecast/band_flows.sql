-- What trades used of daily bands: by when they were created and, where they failed or were
-- released, by when that was. Amounts as double: they feed forecasts, and no figure of record.
select
    pool_id,
    currency,
    bucket,
    case
        when left_status in ('failed', 'released') then greatest(bucket, left_bucket)
    end as fell_bucket,
    cast(sum(notional) as double) as amount,
    cast(sum(trades) as bigint) as trades
from trade_paths
where bucket >= $start and bucket < $end
group by all
