insert into serving.check_faults
select $name, day, subject, expected, found
from ({check})
