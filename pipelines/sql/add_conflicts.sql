insert into facts.conflicts by name
with
    lost as (
        select key_text, content_hash, cast({revised} as timestamp) as revised, {record} as record
        from variants
        where not stays and not is_superseded and not is_recorded
        union all
        select key_text, content_hash, revised, record
        from held_conflicts
    )
select distinct
    $kind as kind, lost.key_text, lost.content_hash, lost.revised, kept.content_hash as kept_hash, lost.record
from lost
inner join variants as kept on kept.key_text = lost.key_text and kept.stays
where
    lost.revised is not null
    or (lost.key_text, lost.content_hash) not in (
        select (key_text, content_hash) from variants where {revised} is not null
    )
