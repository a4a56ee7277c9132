insert into screened by name
select *
from judged_rows
