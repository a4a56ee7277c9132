-- grain: event_type, bucket of occurred_at
-- delivery attempts by how they ended
select
    day,
    label(occurred_at) as bucket,
    event_type,
    count(*) as attempts,
    count(*) filter (outcome = 'delivered') as delivered,
    count(*) filter (outcome = 'failed') as failed,
    count(*) filter (outcome = 'dead_lettered') as dead_lettered,
    count(*) filter (outcome = 'bad_signature') as bad_signature
from scoped_webhooks
group by all
