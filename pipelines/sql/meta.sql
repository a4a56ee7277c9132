select name, value from facts.meta
