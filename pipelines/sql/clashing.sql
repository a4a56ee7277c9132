create or replace table clashing as
select key_hash
from incoming
group by key_hash
having count(*) > 1
union
select key_hash
from facts.{kind}
where key_hash in (select key_hash from incoming)
