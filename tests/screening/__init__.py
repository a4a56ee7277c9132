"""Tests of the set-wise way in."""
