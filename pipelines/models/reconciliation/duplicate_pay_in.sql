-- A pay-in told twice under two entry ids: same reference, amount and time.
with
    numbered as (
        select
            *,
            row_number() over (
                partition by currency, ref, delta, created_at order by entry_id
            ) as nth
        from story_entries
        where reason = 'payin_credit'
    )
select
    'duplicate_entry' as kind,
    'durable' as match,
    currency,
    abs(delta) as amount,
    created_at as event_at,
    created_at as opens_at,
    entry_id,
    key_hash as entry_hash
from numbered
where nth > 1
