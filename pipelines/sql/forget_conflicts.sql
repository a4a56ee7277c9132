delete from facts.conflicts where kind = $kind and key_text in (select key_text from variants)
