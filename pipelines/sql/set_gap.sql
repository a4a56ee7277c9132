set variable availability_max_gap = to_seconds($gap_seconds)
