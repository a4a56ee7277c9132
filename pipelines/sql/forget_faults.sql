delete from serving.check_faults
where check_name = $name and (not $is_by_day or day in (select day from checked_days))
