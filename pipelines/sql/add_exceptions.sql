insert into facts.exceptions by name
select *
from history
