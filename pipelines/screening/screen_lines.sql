insert into screened
with
    parsed as (
        select line_number, line, plain, try(json_extract(line, $paths)) as members from lines
    ),
    named as (select line_number, line, plain, {members} from parsed),
    measured as (
        select
            *,
            1 + {member_bytes} as compact_bytes,
            {values}
        from named
    ),
    judged as (
        select
            *,
            coalesce(
                is_plain(plain, line)
                and not holds_secret(line)
                and is_whole(line, compact_bytes, concat_ws('', {texts}))
                and {checks},
                false
            ) as clean
        from measured
    )
select line_number, clean, case when not clean then line end as line, {dropped} as dropped, {names}
from judged
