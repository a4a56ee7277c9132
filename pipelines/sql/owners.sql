select environment, partner_id, count(*)
from screened
where clean
group by environment, partner_id
order by environment, partner_id
