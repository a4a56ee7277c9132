-- The records that changed, and what trades were called that a replaced record named.
create or replace temp table story as
select distinct kind, id_hash
from facts.touched
where kind <> 'ids'
;
create or replace temp table story_ids as
select distinct id_hash, true as is_own
from facts.touched
where kind = 'ids'
