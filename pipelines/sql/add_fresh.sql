insert into facts.{kind} by name
select {columns}
from fresh
