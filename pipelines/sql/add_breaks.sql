insert into facts.breaks by name
select
    * replace (
        concat_ws('/', kind, transact_id, entry_id, partner_reference, detail) as exception_id
    )
from found
