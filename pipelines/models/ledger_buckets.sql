-- grain: currency, bucket of created_at, reason
-- signed movements of the ledger, additive over any buckets of one currency
select
    day,
    label(created_at) as bucket,
    currency,
    reason,
    count(*) as entries,
    cast(sum(delta) as decimal(38, 8)) as amount
from scoped_ledger
group by all
