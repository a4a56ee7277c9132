select entry_id, kind, disposition, rule, source, line_number, reason, fields, withheld
from facts.quarantine
where resolved_by is null
union all
select
    left(sha256(concat_ws(chr(31), kind, key_text, content_hash, cast(revised as varchar))), 16),
    kind,
    'quarantined',
    'conflict',
    '',
    0,
    'same key, different content: kept '
    || left(kept_hash, 12)
    || ', this one '
    || left(content_hash, 12),
    record,
    '{}'
from facts.conflicts
order by kind, source, line_number, entry_id
