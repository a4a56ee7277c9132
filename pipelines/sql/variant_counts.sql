select
    coalesce(sum(copies), 0),
    coalesce(sum(copies) filter (known or is_superseded or is_recorded), 0)
    + coalesce(sum(copies - 1) filter (not (known or is_superseded or is_recorded)), 0),
    count(*) filter (is_new and stays and (not is_known_key or is_revision)),
    count(*) filter (is_new and not (stays and (not is_known_key or is_revision)))
from (select *, not (known or is_superseded or is_recorded) as is_new from variants)
