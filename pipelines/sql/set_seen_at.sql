set variable seen_at = (select max(landed_at) from facts.batches)
