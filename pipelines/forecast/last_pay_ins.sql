-- The last pay-in of each currency before an instant: its quarter of an hour, and how much.
select currency, max(bucket) as bucket, max_by(amount, bucket) as amount
from ledger_buckets
where reason = 'payin_credit' and bucket < $as_of
group by currency
