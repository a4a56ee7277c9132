-- All attempts of the events that have one on the days in scope.
create or replace temp view scoped_webhooks as
select *
from facts.webhooks
where
    event_hash in (
        select event_hash from facts.webhooks where day in (select day from wanted_days)
    )
