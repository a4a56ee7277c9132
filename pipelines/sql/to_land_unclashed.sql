create or replace view to_land as
select
    (select partner_id from chosen) as partner_id,
    (select environment from chosen) as environment,
    {landed},
    day
from fresh
