-- One state a trade: reserved from its creation, then the first legal chain of its observations in
-- the order of (status_at, rank). An observation that says other things of the same trade than
-- the one
-- of the smallest content hash is a conflict and no part of it.
create or replace temp table observed as
with
    told as (
        select {columns}
        from facts.trades
        where
            transact_hash in (select transact_hash from touched)
            and key_hash not in (select key_hash from fresh)
        union all
        select {columns}
        from fresh
    ),
    disagreeing as (
        select transact_id
        from told
        group by transact_id
        having {disagreement}
    ),
    hashed as (
        select
            *,
            case
                when transact_id in (select transact_id from disagreeing)
                then sha256(concat_ws(chr(31), {hashed}))
            end as content_hash,
            list_position(['reserved', 'settled', 'failed', 'released', 'returned'], status) as rank
        from told
    ),
    referred as (
        select
            *,
            first_value(struct_pack({identity})) over (
                partition by transact_id order by content_hash, rank
            ) as reference
        from hashed
    )
select
    *, content_hash is not null and not ({agreement}) as is_conflict
from referred
