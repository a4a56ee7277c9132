delete from {catalog}. {table} where day in (select day from wanted_days)
