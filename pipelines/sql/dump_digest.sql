-- The digest of a set of rows, whatever their order: the sums of both halves of each row's MD5.
select
    count(*),
    printf(
        '%s-%s',
        coalesce(sum(md5_number_lower(line)), 0)::varchar,
        coalesce(sum(md5_number_upper(line)), 0)::varchar
    )
from (select cast(to_json([{texts}]) as varchar) as line from {table})
