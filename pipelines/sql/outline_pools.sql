select distinct pool_id from lanes where seen_from < $as_of order by pool_id
