select check_name, severity, says, action, faults, examples
from checks
where faults > 0 and severity = 'error'
order by check_name
