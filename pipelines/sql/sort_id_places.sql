insert into facts.id_places
select hash, kind, day
from facts.new_id_places
order by hash, kind, day
