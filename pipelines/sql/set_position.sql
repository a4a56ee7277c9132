update facts.position
set log_bytes = $log_bytes, next_sequence = $next_sequence
