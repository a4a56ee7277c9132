create or replace view to_land as
select
    (select partner_id from chosen) as partner_id,
    (select environment from chosen) as environment,
    {landed},
    day
from
    (
        select {columns}
        from fresh
        union all
        select {columns}
        from variants
        where not stays and not known and not is_superseded and not is_recorded
    )
