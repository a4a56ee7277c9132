copy (
    select * exclude (day)
    from to_land
    where
        {event_time} >= cast($day as timestamp)
        and {event_time} < cast($day as timestamp) + interval 1 day
)
to $file(format parquet, compression lz4_raw, row_group_size $row_group)
