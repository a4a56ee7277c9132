create or replace temp table held_conflicts as
select *
from facts.conflicts
where kind = $kind and key_text in (select key_text from variants)
