"""From a figure to what it counts: by pool, by hour, by reason, down to the ids."""
