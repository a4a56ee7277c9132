-- The records that changed, and what trades were called that a replaced record named. A turn looks
-- no further than from what the one before it found.
create or replace temp table story as
select distinct kind, id_hash, 0 as turn
from facts.touched
where kind <> 'ids'
;
create or replace temp table story_ids as
select distinct id_hash, true as is_own, 1 as turn
from facts.touched
where kind = 'ids'
