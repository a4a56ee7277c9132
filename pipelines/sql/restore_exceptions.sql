-- What was seen before this file was made, the newest telling of each; no record backs it yet.
insert into facts.exceptions by name
with
    told as (
        select
            json_transform_strict(
                sighting,
                '{
                    "exception_id": "VARCHAR",
                    "kind": "VARCHAR",
                    "match": "VARCHAR",
                    "pool_id": "VARCHAR",
                    "currency": "VARCHAR",
                    "amount": "DECIMAL(28, 8)",
                    "event_at": "TIMESTAMP",
                    "opens_at": "TIMESTAMP",
                    "closes_at": "TIMESTAMP",
                    "first_seen_at": "TIMESTAMP",
                    "resolved_at": "TIMESTAMP",
                    "transact_id": "VARCHAR",
                    "quote_id": "VARCHAR",
                    "entry_id": "VARCHAR",
                    "partner_reference": "VARCHAR",
                    "candidates": ["VARCHAR"]
                }'
            ) as row,
            row_number() over () as telling
        from sightings
    )
select unnest(row), false as is_current
from told
qualify row_number() over (partition by row.exception_id order by telling desc) = 1
