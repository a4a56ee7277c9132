"""The sample, read back from its files and held against what it promises."""
