-- A break is called after what it is about alone, so that it stays the same one when more becomes
-- known of that.
insert into facts.breaks by name
select
    * replace (
        concat_ws(
            '/',
            kind,
            case
                when entry_hash is not null
                then entry_id
                when order_hash is not null
                then partner_reference
                else concat_ws('/', transact_id, detail)
            end
        ) as exception_id
    )
from found
