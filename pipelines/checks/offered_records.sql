-- check: offered_records
-- severity: error
-- days of: -
-- says: of each load, offered = loaded + duplicate + quarantined + refused
-- do: run `utilization verify`; a record was lost or counted twice
select
    cast(null as date) as day,
    concat_ws(' ', 'load', sequence, kind) as subject,
    offered::varchar as expected,
    concat_ws(' + ', loaded, duplicate, quarantined, refused) as found
from serving.loads
where offered <> loaded + duplicate + quarantined + refused
