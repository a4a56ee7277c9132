-- The rows by the hour of replaced days are to be made anew.
insert into serving.stale_hours
select
    '{table}',
    unnest(
        generate_series(
            cast(day as timestamp), cast(day as timestamp) + interval 23 hour, interval 1 hour
        )
    )
from wanted_days
