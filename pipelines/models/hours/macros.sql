-- Buckets by the hour, split at the cuts: the label is the later of the hour and the last cut
-- before. Only an hour that holds a cut needs the cuts.
create or replace macro hour_label(instant) as
    case
    when date_trunc('hour', instant) in (select hour from cut_hours)
    then
        greatest(
            date_trunc('hour', instant),
            list_max(
                list_filter(
                    cast(getvariable('cuts') as timestamp[]), lambda cut : cut <= instant
                )
            )
        )
    else date_trunc('hour', instant)
end
