-- Buckets split at the cuts: the label is the later of the quarter hour and the last cut before.
create or replace macro label(instant) as case
    when instant is not null
    then greatest(
            quarter_hour(instant),
            list_max(
                list_filter(
                    cast(getvariable('cuts') as timestamp[]), lambda cut : cut <= instant
                )
            )
        )
end
