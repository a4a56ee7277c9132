create or replace view incoming as
select
    screened.line_number,
    {fields},
    coalesce(screened.source, (select default_source from chosen)) as source,
    cast(screened.{event_time} as date) as day,
    hash({key}) as key_hash
    {links}
from screened
where screened.clean {owned}
