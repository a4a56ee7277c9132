-- Quarters of an hour in which a limit refused a quote or a call; a call names no currency.
select pool_id, currency, bucket
from quote_buckets
where bucket >= $start and bucket < $end and limit_errored_quotes > 0
union all
select pool_id, null as currency, bucket
from error_buckets
where bucket >= $start and bucket < $end and limit_errors > 0 and pool_id is not null
