-- grain: entry of a suspect: its place among the entries of its trade and reason, the one that is
-- expected first; `extra_no` counts those beyond what is expected
with
    ranked as (
        select
            entry_links.*,
            suspects.refundable_at,
            row_number() over by_fit as nth,
            first_value(entry_links.delta) over by_fit as first_delta,
            first_value(is_exact) over by_fit as is_first_exact,
            bool_and(entry_links.currency = suspects.currency) over by_reason as is_one_currency,
            cast(sum(entry_links.delta) over by_reason as decimal(38, 8)) as total_delta,
            max(entry_links.created_at) over by_reason as completed_at
        from entry_links
        inner join suspects using (transact_hash)
        window
            by_reason as (partition by transact_hash, reason),
            by_fit as (
                partition by transact_hash, reason
                order by is_exact desc, entry_links.created_at, entry_id
            )
    )
select
    *,
    cast(
        total_delta
        - first_delta
        * (
            count(*) filter (delta = first_delta) over (partition by transact_hash, reason) - 1
        ) as decimal(38, 8)
    ) as distinct_delta,
    is_one_currency and not is_first_exact and total_delta = expected_delta as is_split,
    case
        when not is_exact
        then null
        when reason = 'buy_refund' and refundable_at is null
        then nth
        else nth - 1
    end as extra_no
from ranked
