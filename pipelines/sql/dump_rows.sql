select cast(to_json([{texts}]) as varchar) as line from {table} order by line
