select kind, max(newest_event_at) as reach
from facts.batches
where newest_event_at is not null
group by kind
