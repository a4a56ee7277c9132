-- What the records named that another record takes the place of.
insert into facts.touched
select 'ids', id_hash
from (select unnest([{ids}]) as id_hash from variants where known and not stays)
where id_hash is not null
