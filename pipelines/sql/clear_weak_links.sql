delete from facts.weak_links
