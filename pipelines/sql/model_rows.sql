create or replace temp table model_rows as
select *
from ({model})
where day in (select day from wanted_days)
