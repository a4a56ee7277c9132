-- grain: pool_id, currency, buckets of requested_at, acceptance, rejection and expiry
-- firm quotes by what happened to them and when, so that any as-of can be answered from buckets
with
    firm as (
        select
            day, requested_at, pool_id, fiat_currency, quote_id, quote_hash, rejected_at, expires_at
        from scoped_quotes
        where available and quote_type = 'firm'
    ),
    accepted as (
        select quote_id, min(created_at) as accepted_at
        from facts.trade_state
        where quote_hash in (select quote_hash from firm)
        group by quote_id
    )
select
    day,
    label(requested_at) as bucket,
    pool_id,
    fiat_currency as currency,
    label(accepted_at) as accepted_bucket,
    label(rejected_at) as rejected_bucket,
    label(expires_at) as expires_bucket,
    count(*) as quotes
from firm
left join accepted using (quote_id)
group by all
