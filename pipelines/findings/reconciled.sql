-- From when on both sides of the books are known, in microseconds since $origin; null where not.
select date_diff('microsecond', $origin, known_from) as known_us from reconciled
