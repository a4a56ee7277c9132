-- An observation that cannot follow the trade's state, or says other things of the same trade.
select
    flags.flag as kind,
    'durable' as match,
    told.pool_id,
    told.fiat_currency as currency,
    told.fiat_amount as amount,
    told.status_at as event_at,
    told.status_at as opens_at,
    told.transact_id,
    told.quote_id,
    told.partner_reference,
    told.transact_hash,
    told.status as detail
from story_flags as flags
inner join
    facts.trades as told
    on told.transact_hash = flags.transact_hash
    and told.transact_id = flags.transact_id
    and told.status = flags.status
