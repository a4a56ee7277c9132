-- What is open per currency as of an instant, by age, with its value; and how many of the trades
-- that had time to be booked tie out with the ledger.
with
    lasting as (
        select
            *,
            opens_at >= cast($as_of as timestamp) as is_pending,
            date_sub('second', event_at, cast($as_of as timestamp)) as age_s
        from exceptions
        where
            is_current
            and event_at < cast($as_of as timestamp)
            and (
                closes_at is null
                or (closes_at > opens_at and closes_at >= cast($as_of as timestamp))
            )
    ),
    found as (
        select
            currency,
            count(*) filter (not is_pending) as open_exceptions,
            count(*) filter (is_pending) as pending_exceptions,
            count(*) filter (not is_pending and age_s < 86400) as open_under_1d,
            count(*) filter (not is_pending and age_s between 86400 and 259199) as open_1d_to_3d,
            count(*) filter (not is_pending and age_s between 259200 and 604799) as open_3d_to_7d,
            count(*) filter (not is_pending and age_s >= 604800) as open_over_7d,
            cast(sum(abs(amount)) filter (not is_pending) as decimal(38, 8)) as amount_at_risk,
            count(*) filter (not is_pending and amount is null) as open_without_amount,
            max(age_s) filter (not is_pending) as oldest_open_age_s,
            count(
                distinct case
                    when not is_pending and kind in (select unnest(cast($trade_kinds as varchar[])))
                    then transact_id
                end
            ) as untied,
            count(
                distinct case
                    when is_pending and kind in (select unnest(cast($trade_kinds as varchar[])))
                    then transact_id
                end
            ) as pending
        from lasting
        group by currency
    ),
    booked as (
        select paths.currency, cast(sum(paths.trades) as bigint) as trades
        from trade_paths as paths
        cross join reconciled
        where paths.bucket < cast($as_of as timestamp) and paths.bucket >= reconciled.known_from
        group by paths.currency
    ),
    paired as (
        select currency, count(*) as weak_matches
        from exceptions
        where is_current and match = 'weak' and event_at < cast($as_of as timestamp)
        group by currency
    )
select
    coalesce(booked.currency, found.currency) as currency,
    booked.trades,
    case when booked.trades is not null then coalesce(found.pending, 0) end as pending_trades,
    case when booked.trades is not null then coalesce(found.untied, 0) end as untied_trades,
    case when booked.trades is not null then coalesce(paired.weak_matches, 0) end as weak_matches,
    ratios(
        [
            {
                'top':cast(
                    booked.trades
                    - coalesce(found.pending, 0)
                    - coalesce(found.untied, 0) as decimal(38, 8)
                ),
                'bottom':cast(booked.trades - coalesce(found.pending, 0) as decimal(38, 8))
            }
        ]
    )[1] as match_rate,
    coalesce(found.open_exceptions, 0) as open_exceptions,
    coalesce(found.pending_exceptions, 0) as pending_exceptions,
    coalesce(found.open_under_1d, 0) as open_under_1d,
    coalesce(found.open_1d_to_3d, 0) as open_1d_to_3d,
    coalesce(found.open_3d_to_7d, 0) as open_3d_to_7d,
    coalesce(found.open_over_7d, 0) as open_over_7d,
    case
        when coalesce(found.open_exceptions, 0) = 0 then 0 else found.amount_at_risk
    end as value_at_risk,
    coalesce(found.open_without_amount, 0) as open_without_amount,
    found.oldest_open_age_s
from booked
full join found on found.currency = booked.currency
left join paired on paired.currency = coalesce(booked.currency, found.currency)
order by currency nulls last
