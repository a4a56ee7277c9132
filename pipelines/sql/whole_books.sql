create or replace temp view whole_books as
select
    concat_ws('/', kind, detail) as exception_id,
    kind,
    match,
    pool_id,
    currency,
    amount,
    event_at,
    opens_at,
    closes_at,
    transact_id,
    quote_id,
    entry_id,
    partner_reference
from found
