-- grain: currency, slot; the last balance snapshot of each, in the order of their times.
select
    currency,
    divide(date_diff('minute', $origin, observed_at), 15) as slot,
    max(date_diff('microsecond', $origin, observed_at)) as observed_us,
    cast(
        max_by(coalesce(available_for_new_quotes, visible_balance), observed_at) as double
    ) as balance_available
from balances
where observed_at >= $origin and observed_at < $end
group by all
order by currency, slot
