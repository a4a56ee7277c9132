delete from serving.hours. {table}
where date_trunc('hour', bucket) in (select hour from wanted_hours)
