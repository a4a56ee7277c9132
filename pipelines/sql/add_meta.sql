insert into facts.meta
values ($name, $value)
