-- The quarter of an hour that holds an instant.
create or replace macro quarter_hour(instant) as (
        date_trunc('minute', instant)
        - interval 1 minute * cast(extract(minute from instant) % 15 as integer)
    )
