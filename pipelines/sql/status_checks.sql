select check_name, severity, faults, says, examples, action
from checks
order by faults = 0, severity, check_name
