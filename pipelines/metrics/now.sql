-- The rolling row of each pool: the last hour and the last 24 hours side by side.
select
    hour.pool_id,
    hour.currency,
    hour.as_of,
    hour.quote_requests as quotes_1h,
    hour.accepted_quotes as accepted_1h,
    hour.accepted_quote_rate as accepted_quote_rate_1h,
    hour.unavailable_rate,
    '1h' as unavailable_rate_window,
    hour.unavailable_reasons as unavailable_reasons_1h,
    hour.limit_errors as limit_errors_1h,
    day.quote_requests as quote_count_24h,
    day.quoted_volume as quoted_notional_24h,
    day.settled_volume as volume_24h,
    day.settled_volume as settled_notional_24h,
    day.failed_volume + day.released_volume as failed_released_notional_24h,
    day.quote_success_rate as quote_success_rate_24h,
    day.execution_utilization as execution_utilization_24h,
    day.approved_band as approved_band_24h,
    hour.reserved_notional,
    hour.reserved_count,
    hour.oldest_reserved_age_s,
    hour.balance_visible,
    hour.balance_reserved,
    hour.balance_available,
    hour.reserved_utilization,
    hour.daily_band_usage,
    hour.velocity_24h_usage,
    day.max_order_usage as max_order_usage_24h,
    day.availability_minutes as availability_minutes_24h,
    day.unavailable_minutes as unavailable_minutes_24h,
    day.unknown_minutes as unknown_minutes_24h,
    day.reopened_at
from rolling as hour
join
    rolling as day on day.pool_id = hour.pool_id and day.currency is not distinct from hour.currency
where hour."window" = '1h' and day."window" = '24h'
order by hour.pool_id, hour.currency nulls last
