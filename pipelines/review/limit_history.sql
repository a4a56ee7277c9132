-- grain: pool_id, currency, limit_name, effective_from; limits of the pools and of their currencies
select pool_id, currency, limit_name, value, effective_from, effective_to
from limits
where
    effective_from <= $as_of
    and (
        pool_id in (select unnest(cast($pools as varchar[])))
        or (
            pool_id is null
            and currency in (
                select currency
                from lanes
                where pool_id in (select unnest(cast($pools as varchar[])))
            )
        )
    )
order by pool_id nulls last, currency, limit_name, effective_from
