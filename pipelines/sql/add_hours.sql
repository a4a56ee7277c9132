insert into serving.hours.{table} by name {model}
