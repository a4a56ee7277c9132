-- Stored buckets: an event is labelled with its quarter of an hour.
create or replace macro label(instant) as quarter_hour(instant)
