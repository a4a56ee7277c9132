-- grain: currency, observed_at; the balance snapshots that hold in [$start, $end), each until the
-- next one and at most $balance_max_age. Of more than $most of a currency the first stays,
-- and the last and the lowest of each of ($most - 1) / 2 equal parts. Between two stretches the
-- balance was not known.
with
    snapshots as (
        select
            currency,
            observed_at,
            visible_balance,
            reserved_amount,
            coalesce(available_for_new_quotes, visible_balance) as balance_available,
            coalesce(
                lead(observed_at) over (partition by currency order by observed_at),
                cast($end as timestamp)
            ) as followed_at
        from balances
        where observed_at < $end
    ),
    holding as (
        select
            *,
            greatest(observed_at, cast($start as timestamp)) as holds_from,
            least(followed_at, observed_at + $balance_max_age) as holds_to
        from snapshots
        where followed_at > $start and observed_at + $balance_max_age > $start
    ),
    stretched as (
        select
            *,
            count(*) over (partition by currency) as snapshots,
            coalesce(
                sum(case when holds_to < followed_at then 1 else 0 end) over (
                    partition by currency
                    order by observed_at
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as stretch_no,
            floor(
                divide(
                    date_diff('microsecond', cast($start as timestamp), holds_from)
                    * cast(divide($most - 1, 2) as bigint),
                    date_diff('microsecond', cast($start as timestamp), cast($end as timestamp))
                )
            ) as part_no
        from holding
    ),
    ranked as (
        select
            *,
            max(holds_to) over (partition by currency, stretch_no) as known_to,
            row_number() over (
                partition by currency, part_no order by observed_at desc
            ) as from_last,
            row_number() over (
                partition by currency, part_no order by balance_available, observed_at desc
            ) as from_lowest,
            row_number() over (partition by currency order by observed_at) as from_first
        from stretched
    )
select
    currency,
    observed_at,
    holds_from,
    known_to,
    cast(stretch_no as bigint) as stretch_no,
    visible_balance as balance_visible,
    reserved_amount as balance_reserved,
    balance_available,
    snapshots
from ranked
where snapshots <= $most or from_first = 1 or from_last = 1 or from_lowest = 1
order by currency, observed_at
