create or replace temp table {name} as
{model}
