select kind, name, records from dropped_fields order by kind, name
