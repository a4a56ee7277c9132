delete from
    facts. {kind} as held using (select * from variants where known and not stays) as replaced
where held.key_hash = replaced.key_hash and {same_key}
