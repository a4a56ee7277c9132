-- The stored buckets each window is made of.
select window_segments.window_no, slots.bucket
from window_segments
join slots on slots.segment = window_segments.segment
