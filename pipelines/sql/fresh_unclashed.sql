create or replace view fresh as
select {columns}
from incoming
