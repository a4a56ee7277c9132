"""Each figure of speed and memory that the README states, measured: `python -m benchmarks`."""
