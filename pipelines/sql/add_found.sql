insert into found by name
{model}
