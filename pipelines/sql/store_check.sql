insert into serving.checks
select
    $name,
    $severity,
    $says,
    $action,
    count(*),
    array_to_string(
        list_sort(list(concat_ws(' ', day, subject || ': expected', expected || ', found', found)))[
            :3
        ],
        '; '
    )
from serving.check_faults
where check_name = $name
