insert into facts.new_id_places
select cast(hash >> 32 as uinteger), $kind, day
from (select unnest([{hashes}]) as hash, day from fresh)
where hash is not null
