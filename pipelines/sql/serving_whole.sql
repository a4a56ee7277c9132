create or replace table serving.limits as
select pool_id, limit_name, value, currency, effective_from, effective_to
from facts.limits
;
create or replace table serving.programs as
select * exclude (day, key_hash, source)
from facts.programs
;
create or replace table serving.freshness as
select
    kind,
    source,
    max(newest_event_at) as newest_event_at,
    max(landed_at) as landed_at,
    cast(sum(landed_rows) as bigint) as records
from facts.batches
group by kind, source
;
create or replace table serving.loads as
select *
from facts.batches
order by sequence desc
limit 200
;
create or replace table serving.landed_days as
select
    kind,
    day,
    cast(sum(records) as bigint) as records,
    cast(coalesce(sum(records) filter (is_late), 0) as bigint) as late_records
from facts.landed_days
group by kind, day
;
create or replace table serving.restated_days as
select day, kind, landed_at, cast(sum(records) as bigint) as records
from facts.landed_days
where is_late
group by day, kind, landed_at
order by landed_at desc, day desc, kind
limit 1000
;
create or replace table serving.tickets as
select ticket_id, ticket_type, severity, pool_id, opened_at, closed_at, updated_at
from facts.tickets
;
create or replace table serving.set_aside as
select kind, disposition, rule, count(*) as records
from facts.quarantine
where resolved_by is null
group by all
union all
select kind, 'quarantined', 'conflict', count(*)
from facts.conflicts
group by kind
union all
select 'trades', 'quarantined', flag, count(*)
from facts.trade_flags
group by flag
;
create or replace table serving.dropped_fields as
select kind, name, cast(sum(records) as bigint) as records
from facts.dropped_fields
group by kind, name
;
create or replace table serving.exceptions as
select *
from facts.exceptions
;
create or replace table serving.reconciled as
select
    case
        when trades_from is not null and ledger_from is not null
        then cast(greatest(trades_from, ledger_from) as timestamp)
    end as known_from
from
    (
        select
            (select min(cast(created_at as date)) from facts.trade_state) as trades_from,
            (select min(day) from facts.ledger) as ledger_from
    )
