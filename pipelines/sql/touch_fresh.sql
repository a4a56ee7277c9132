insert into facts.touched
select '{kind}', key_hash
from fresh
