-- grain: currency, window; what a currency held when a window opened and closed, and what moved it.
-- The balance at an instant is that of the last snapshot before it, and what the ledger moved
-- between. A window closes on a snapshot of its own, or nothing says that its movements are all.
with
    currencies as (
        select currency
        from ledger_buckets
        where bucket < $as_of
        union
        select currency
        from balance_marks
        where observed_at < $as_of
    ),
    instants as (
        select window_start as moment
        from asked_windows
        union
        select closes_at as moment
        from asked_windows
    ),
    points as (
        select
            currency,
            bucket as moment,
            1 as place,
            case when reason = 'payin_credit' then amount end as pay_ins,
            case when reason = 'buy_debit' then - amount end as debits,
            case when reason = 'buy_refund' then amount end as refunds,
            cast(null as timestamp) as observed_at,
            cast(null as decimal(38, 8)) as balance
        from ledger_buckets
        union all
        select
            currency,
            bucket as moment,
            0 as place,
            null as pay_ins,
            null as debits,
            null as refunds,
            observed_at,
            cast(balance_available - ledger_in_bucket as decimal(38, 8)) as balance
        from balance_marks
        where observed_at < $as_of
        union all
        select
            currency,
            moment,
            0 as place,
            null as pay_ins,
            null as debits,
            null as refunds,
            null as observed_at,
            null as balance
        from currencies
        cross join instants
    ),
    running as (
        select
            currency,
            moment,
            place,
            observed_at,
            balance,
            cast(coalesce(sum(pay_ins) over before, 0) as decimal(38, 8)) as pay_ins,
            cast(coalesce(sum(debits) over before, 0) as decimal(38, 8)) as debits,
            cast(coalesce(sum(refunds) over before, 0) as decimal(38, 8)) as refunds
        from points
        window
            before as (
                partition by currency
                order by moment, place
                rows between unbounded preceding and current row
            )
    ),
    snapshots as (
        select
            currency,
            observed_at,
            cast(balance - pay_ins + debits - refunds as decimal(38, 8)) as difference
        from running
        where observed_at is not null
    ),
    held as (
        select
            running.currency,
            running.moment,
            running.pay_ins,
            running.debits,
            running.refunds,
            snapshots.observed_at as basis_at,
            cast(
                snapshots.difference
                + running.pay_ins
                - running.debits
                + running.refunds as decimal(38, 8)
            ) as balance
        from running
        asof left join
            snapshots
            on snapshots.currency = running.currency
            and snapshots.observed_at < running.moment
        where running.place = 0 and running.observed_at is null
    ),
    told as (select count(*) > 0 as is_told from ledger_buckets where bucket < $as_of)
select
    opening.currency,
    asked_windows.window_name as "window",
    asked_windows.window_start,
    asked_windows.window_end,
    cast($as_of as timestamp) as as_of,
    case when is_told then opening.balance end as opening,
    case when is_told then cast(closing.pay_ins - opening.pay_ins as decimal(38, 8)) end as pay_ins,
    case when is_told then cast(closing.debits - opening.debits as decimal(38, 8)) end as debits,
    case when is_told then cast(closing.refunds - opening.refunds as decimal(38, 8)) end as refunds,
    case when is_told then closing.balance end as closing,
    case
        when is_told and closing.basis_at >= asked_windows.window_start
        then
            cast(
                closing.balance
                - opening.balance
                - (closing.pay_ins - opening.pay_ins)
                + (closing.debits - opening.debits)
                - (closing.refunds - opening.refunds) as decimal(38, 8)
            )
    end as unexplained,
    opening.basis_at as opening_basis_at,
    closing.basis_at as closing_basis_at
from asked_windows
cross join told
join held as opening on opening.moment = asked_windows.window_start
join
    held as closing
    on closing.currency = opening.currency
    and closing.moment = asked_windows.closes_at
order by opening.currency, asked_windows.window_no
