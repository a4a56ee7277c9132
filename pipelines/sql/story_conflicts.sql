select kind, key_text, record
from facts.conflicts
where list_contains(cast($keys as varchar[]), concat_ws(chr(31), kind, key_text))
order by kind, key_text, content_hash, revised
