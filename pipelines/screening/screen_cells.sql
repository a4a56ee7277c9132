insert into screened
with
    named as (select line_number, plain, {members} from cells),
    measured as (select *, {values} from named),
    judged as (
        select
            *, coalesce(plain and holds_nothing_hidden(concat_ws(' ', {texts})) and {checks}, false) as clean
        from measured
    )
select line_number, clean, null as line, 0 as dropped, {names}
from judged
