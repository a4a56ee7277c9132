-- What was seen for the first time, or seen closed or open again, one JSON object each.
select
    to_json(
        struct_pack(
            exception_id := history.exception_id,
            kind := history.kind,
            match := history.match,
            pool_id := history.pool_id,
            currency := history.currency,
            amount := cast(history.amount as varchar),
            event_at := cast(history.event_at as varchar),
            opens_at := cast(history.opens_at as varchar),
            closes_at := cast(history.closes_at as varchar),
            first_seen_at := cast(history.first_seen_at as varchar),
            resolved_at := cast(history.resolved_at as varchar),
            transact_id := history.transact_id,
            quote_id := history.quote_id,
            entry_id := history.entry_id,
            partner_reference := history.partner_reference,
            candidates := history.candidates
        )
    ) as sighting
from history
left join facts.exceptions as held using (exception_id)
where
    history.first_seen_at is distinct from held.first_seen_at
    or history.resolved_at is distinct from held.resolved_at
order by history.exception_id
