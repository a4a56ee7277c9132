-- Records of one kind and day that carry any of the ids, with what identifies and repeats them. The
-- hashes of the day are read first, and then the few rows.
select {landed}, {event_time} as event_at, {key_text} as key_text, {record} as record
from facts. {kind}
where day = $day and rowid in (select rowid from facts. {kind} where day = $day and ({carries}))
order by {event_time}, key_text
limit $most
