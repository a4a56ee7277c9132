"""The review pack: one document of neutral blocks, and a small writer for each format."""
