delete from serving.check_faults
where
    list_contains(cast($names as varchar[]), check_name)
    and (not $is_by_day or day in (select day from checked_days))
