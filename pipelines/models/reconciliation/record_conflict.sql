-- A record that says other things than the one kept under its key.
select
    'conflict' as kind,
    'durable' as match,
    record ->> 'pool_id' as pool_id,
    coalesce(record ->> 'fiat_currency', record ->> 'currency') as currency,
    abs(cast(coalesce(record ->> 'fiat_amount', record ->> 'delta') as decimal(28, 8))) as amount,
    cast(
        coalesce(
            record ->> 'requested_at',
            record ->> 'status_at',
            record ->> 'observed_at',
            record ->> 'created_at'
        ) as timestamp
    ) as event_at,
    event_at as opens_at,
    record ->> 'transact_id' as transact_id,
    record ->> 'quote_id' as quote_id,
    record ->> 'entry_id' as entry_id,
    record ->> 'partner_reference' as partner_reference,
    concat_ws(chr(31), kind, key_text, content_hash, revised) as detail
from facts.conflicts
where kind in ('quotes', 'trades', 'ledger', 'orders', 'balances')
