-- grain: entry of a suspect: its place among the entries of its trade and reason, the one that
-- comes nearest to what is expected first. `adds_up` where those in the trade's currency come to
-- it together, `is_again` where they do not and the entry only repeats the first.
with
    placed as (
        select
            entry_links.*,
            suspects.refundable_at,
            entry_links.currency = suspects.currency as is_own,
            row_number() over by_fit as nth,
            first_value(is_exact) over by_fit as is_first_exact,
            first_value(struct_pack(entry_links.delta, entry_links.currency)) over by_fit
            as first_told,
            row_number() over by_time = 1 as is_earliest,
            min(entry_links.created_at) filter (is_own) over by_reason as begun_at,
            max(entry_links.created_at) filter (is_own) over by_reason as completed_at,
            sum(entry_links.delta) filter (is_own) over by_reason as own_delta
        from entry_links
        inner join suspects using (transact_hash)
        window
            by_reason as (partition by transact_hash, reason),
            by_fit as (
                partition by transact_hash, reason
                order by
                    is_own desc,
                    abs(entry_links.delta - expected_delta),
                    entry_links.created_at,
                    entry_id
            ),
            by_time as (
                partition by transact_hash, reason
                order by is_own desc, entry_links.created_at, entry_id
            )
    ),
    compared as (
        select
            *,
            coalesce(own_delta = expected_delta, false) as adds_up,
            nth > 1 and not adds_up and first_told = struct_pack(delta, currency) as is_again,
            case
                when reason = 'buy_refund' and refundable_at is null then true else is_again
            end as is_extra
        from placed
    )
select
    *,
    cast(
        coalesce(sum(delta) filter (is_own and not is_again) over by_reason, 0) as decimal(38, 8)
    ) as distinct_delta,
    cast(
        sum(delta) filter (
            is_own and created_at <= begun_at + getvariable('ledger_lateness')
        ) over by_reason as decimal(38, 8)
    ) as early_delta,
    case
        when is_extra
        then
            row_number() over (
                partition by transact_hash, reason, delta, currency, is_extra
                order by created_at, entry_id
            )
    end as extra_no
from compared
window by_reason as (partition by transact_hash, reason)
