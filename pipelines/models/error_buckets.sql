-- grain: pool_id, bucket of occurred_at
-- failed calls; of transact, 429 is a limit, 402 the balance, 409 a conflict
select
    day,
    label(occurred_at) as bucket,
    pool_id,
    count(*) filter (operation = 'transact' and http_status = 429) as limit_errors,
    count(*) filter (operation = 'transact' and http_status = 402) as balance_errors,
    count(*) filter (operation = 'transact' and http_status = 409) as transact_conflicts
from scoped_errors
group by all
