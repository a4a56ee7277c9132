"""Sample records of a partner's real life, for demos, tests and benchmarks."""

from __future__ import annotations

from pipelines.sample.stories import STORIES, Story
from pipelines.sample.write import SampleSummary, write_sample

__all__ = ["STORIES", "SampleSummary", "Story", "write_sample"]
