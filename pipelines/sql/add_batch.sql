insert into facts.batches
values (
    $sequence,
    $kind,
    $source,
    $landed_at,
    $offered,
    $loaded,
    $duplicate,
    $quarantined,
    $refused,
    $landed_rows,
    $newest_event_at
)
