delete from serving. {table} where day in (select day from wanted_days)
