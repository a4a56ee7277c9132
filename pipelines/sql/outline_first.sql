-- The first quarter of an hour in which this partner asked for a quote or traded.
select min(seen_from) as first_bucket from lanes where priority = 1
