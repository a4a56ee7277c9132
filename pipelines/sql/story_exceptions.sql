-- Exceptions that name one of the story's ids, or weigh one of its records as a candidate.
select
    kind,
    case
        when not is_current or closes_at < $as_of
        then 'resolved'
        when opens_at >= $as_of
        then 'pending'
        else 'open'
    end as state,
    match,
    pool_id,
    currency,
    amount,
    event_at,
    first_seen_at,
    resolved_at,
    transact_id,
    quote_id,
    entry_id,
    partner_reference,
    candidates
from facts.exceptions
where
    event_at < $as_of
    and (
        list_contains(cast($transact_ids as varchar[]), transact_id)
        or list_contains(cast($quote_ids as varchar[]), quote_id)
        or list_contains(cast($entry_ids as varchar[]), entry_id)
        or list_contains(cast($references as varchar[]), partner_reference)
        or list_has_any(candidates, cast($entry_ids as varchar[]))
        or list_has_any(candidates, cast($transact_ids as varchar[]))
    )
order by event_at, kind, exception_id
