update facts.quarantine
set resolved_by = $sequence
where entry_id in (select unnest(cast($entries as varchar[])))
