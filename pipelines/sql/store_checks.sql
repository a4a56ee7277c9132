insert into serving.checks
with
    stated as (
        select
            unnest(cast($names as varchar[])) as check_name,
            unnest(cast($severities as varchar[])) as severity,
            unnest(cast($says as varchar[])) as says,
            unnest(cast($actions as varchar[])) as action
    ),
    summed as (
        select
            check_name,
            count(*) as faults,
            list_sort(
                list(concat_ws(' ', day, subject || ': expected', expected || ', found', found))
            ) as examples
        from serving.check_faults
        group by check_name
    )
select
    check_name,
    severity,
    says,
    action,
    coalesce(faults, 0) as faults,
    array_to_string(examples[:3], '; ') as examples
from stated
left join summed using (check_name)
