select line_number, line
from screened
where not clean and line_number > $after
order by line_number
limit $most
