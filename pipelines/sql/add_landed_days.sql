-- On which days the records of a batch lie. They are late where their whole day had been reached
-- by what was landed in earlier runs, and so had been published as complete.
insert into facts.landed_days
select
    $sequence,
    $kind,
    $landed_at,
    unnest(cast($days as date[])) as landed_day,
    unnest(cast($records as bigint[])),
    coalesce(landed_day < cast(cast($reached as timestamp) as date), false)
