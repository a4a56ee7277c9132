-- grain: currency, first_at; the pay-ins booked in [$start, $end) by quarter of an hour, or, where
-- that gives more than $most of a currency, by each of $most equal parts. `last_at` is when the
-- last quarter of an hour began.
with
    booked as (
        select
            currency,
            bucket,
            entries,
            amount,
            count(*) over (partition by currency) as buckets,
            floor(
                divide(
                    date_diff('microsecond', cast($start as timestamp), bucket) * $most,
                    date_diff('microsecond', cast($start as timestamp), cast($end as timestamp))
                )
            ) as part_no
        from ledger_buckets
        where reason = 'payin_credit' and bucket >= $start and bucket < $end
    )
select
    currency,
    min(bucket) as first_at,
    max(bucket) as last_at,
    cast(sum(entries) as bigint) as entries,
    cast(sum(amount) as decimal(38, 8)) as amount
from booked
group by currency, case when buckets > $most then part_no else epoch_us(bucket) end
order by currency, first_at
