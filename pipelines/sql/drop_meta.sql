delete from facts.meta where name = $name
