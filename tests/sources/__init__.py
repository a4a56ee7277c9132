"""Tests of how files are found and read."""
