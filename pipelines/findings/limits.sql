-- grain: limit; limits from and to when, in microseconds since $origin, an earlier one first.
select
    pool_id,
    currency,
    limit_name,
    cast(value as double) as value,
    date_diff('microsecond', $origin, effective_from) as from_us,
    date_diff('microsecond', $origin, effective_to) as to_us
from limits
where
    limit_name in ('daily_band', 'balance_floor', 'balance_target')
    and effective_from < $end
    and coalesce(effective_to > $origin, true)
order by pool_id nulls first, effective_from
