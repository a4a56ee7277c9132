-- The trades that have not left `reserved`, or not before the instant the build answers for.
create or replace table serving.open_trades as
select
    transact_id,
    quote_id,
    pool_id,
    side,
    currency,
    fiat_amount,
    network,
    partner_reference,
    created_at,
    left_at
from facts.trade_state
where left_at is null or left_at >= $watermark
