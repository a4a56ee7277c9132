-- Every different content told so far under a key that was told more than once. The smallest
-- content hash stays, so that the order of telling cannot matter. A field that may be told later (a
-- quote's `rejected_at`) is no part of the hash: a time beats a null, the earliest a later one.
create or replace table variants as
with
    told as (
        select {columns}, line_number, false as known
        from incoming
        where key_hash in (select key_hash from clashing)
        union all
        select {columns}, null as line_number, true as known
        from facts.{kind}
        where key_hash in (select key_hash from clashing)
    ),
    hashed as (
        select *, sha256(concat_ws(chr(31), {hashed})) as content_hash, {key_text} as key_text
        from told
    ),
    merged as (
        select
            * exclude (source, line_number, known),
            min(source) as source,
            bool_or(known) as known,
            count(*) filter (not known) as copies
        from hashed
        group by all
    ),
    ranked as (
        select
            *,
            row_number() over by_key = 1 as stays,
            bool_or(known) over (partition by key_text) as is_known_key,
            bool_or(known and {revised} is null) over by_content as is_revision,
            bool_or({revised} is not null) over by_content as is_told_later
        from merged
        window
            by_key as (partition by key_text order by content_hash, {revised} nulls last),
            by_content as (partition by key_text, content_hash)
    ),
    recorded_later as (
        select distinct key_text, content_hash
        from facts.conflicts
        where kind = $kind and revised is not null
    )
select
    ranked.*,
    not stays
    and {revised} is null
    and (is_told_later or recorded_later.content_hash is not null) as is_superseded,
    recorded.content_hash is not null as is_recorded
from ranked
left join recorded_later using (key_text, content_hash)
left join
    facts.conflicts as recorded
    on recorded.kind = $kind
    and recorded.key_text = ranked.key_text
    and recorded.content_hash = ranked.content_hash
    and recorded.revised is not distinct from cast({revised} as timestamp)
