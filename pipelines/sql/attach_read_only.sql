attach $file as facts(read_only)
