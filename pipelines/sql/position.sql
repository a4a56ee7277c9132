select log_bytes, next_sequence from facts.position
