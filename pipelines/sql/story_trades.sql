select
    transact_id,
    quote_id,
    request_id,
    pool_id,
    side,
    currency,
    fiat_amount,
    network,
    partner_reference,
    created_at,
    left_status,
    left_at,
    returned_at
from facts.trade_state
where
    created_at between $first_created_at and $last_created_at
    and transact_hash = hash($transact_id)
    and transact_id = $transact_id
