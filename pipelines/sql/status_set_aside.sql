select kind, disposition, rule, records from set_aside order by kind, disposition, rule
