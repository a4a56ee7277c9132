create or replace temp table states as
select
    observed.transact_id,
    observed.transact_hash,
    min(quote_id) as quote_id,
    min(quote_hash) as quote_hash,
    arg_min(partner_reference_hash, partner_reference) as partner_reference_hash,
    min(request_id) as request_id,
    min(pool_id) as pool_id,
    min(side) as side,
    min(fiat_currency) as currency,
    min(fiat_amount) as fiat_amount,
    min(crypto_currency) as crypto_currency,
    min(crypto_amount) as crypto_amount,
    min(network) as network,
    min(partner_reference) as partner_reference,
    min(created_at) as created_at,
    min(left_status) as left_status,
    min(left_at) as left_at,
    min(status_at) filter (observed.status = 'returned' and flag is null) as returned_at,
    case
        when returned_at is not null
        then 'returned'
        else coalesce(min(left_status), 'reserved')
    end as status
from observed
inner join flags using (transact_id, status)
left join departures using (transact_id)
where not is_conflict
group by observed.transact_id, observed.transact_hash
