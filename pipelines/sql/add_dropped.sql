insert into facts.dropped_fields
values ($sequence, $kind, $name, $records)
