with
    wanted as (
        select id, hash(id) as id_hash, cast(id_hash >> 32 as uinteger) as hash
        from (select unnest(cast($ids as varchar[])) as id)
    ),
    found as (
        select hash, kind, day
        from facts.id_places
        where hash in (select hash from wanted)
        union all
        select hash, kind, day
        from facts.new_id_places
        where hash in (select hash from wanted)
    )
select
    wanted.id,
    cast(kind as varchar) as kind,
    id_hash,
    list_sort(list(distinct day)) as days,
    count(*) as places
from wanted
inner join found using (hash)
group by wanted.id, id_hash, kind
order by wanted.id, kind
