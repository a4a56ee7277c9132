-- A source without entry ids: a stable id from what the entry says and how many identical ones came
-- before it in the same file, in this part or an earlier one.
create or replace temp table nameless as
with
    alike as (
        select
            *,
            hash(partner_id, environment, currency, reason, ref, delta, created_at) as entry_hash
        from screened
        where clean and entry_id is null
    )
select
    alike.* exclude (entry_id),
    coalesce(entry_counts.entries, 0) + row_number() over (
        partition by entry_hash order by transact_id, program_id, line_number
    ) as nth
from alike
left join entry_counts using (entry_hash)
;
insert or replace into entry_counts
select entry_hash, max(nth)
from nameless
group by entry_hash
;
update screened
set entry_id = named.entry_id
from
    (
        select
            line_number,
            'h_' || left(
                sha256(
                    concat_ws(
                        chr(31),
                        currency,
                        reason,
                        ref,
                        cast(delta as varchar),
                        cast(created_at as varchar),
                        cast(nth as varchar)
                    )
                ),
                40
            ) as entry_id
        from nameless
    ) as named
where screened.line_number = named.line_number and screened.entry_id is null
