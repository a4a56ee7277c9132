create or replace view fresh as
select {columns}
from incoming
where key_hash not in (select key_hash from clashing)
union all
select {columns}
from variants
where stays and not known
