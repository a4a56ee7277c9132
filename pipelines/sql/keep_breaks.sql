create or replace temp table found as
select *
from facts.breaks
limit 0
