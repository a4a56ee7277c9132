"""A believable sample: records of a partner's real life, written as files, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.sample.lane import LaneWriter
from pipelines.sample.partners import lanes
from pipelines.sample.stories import STORIES, Calendar, Story


@dataclass(frozen=True)
class SampleSummary:
    """What was written: records by kind (wrong ones too), files, the stories told."""

    counts: dict[str, int]
    files: tuple[Path, ...]
    stories: tuple[Story, ...]


def write_sample(
    directory: Path,
    *,
    days: int = 45,
    quotes_per_day: int = 2_000,
    partners: int = 1,
    seed: int = 7,
    end: date = date(2026, 6, 30),
    packed: bool = True,
    report: Callable[[int], None] | None = None,
) -> SampleSummary:
    """Writes the sample's files into `directory`, which must be empty or new.

    Each partner has `days` days up to and including `end`, with `quotes_per_day` quotes on the
    average day; the first partner lives through `STORIES`. `packed` compresses the large kinds.
    `report` is told the number of quotes written since it was last called. The same arguments
    give the same bytes. Raises UsageError for a folder that holds something already and for
    numbers too small.
    """
    if min(days, quotes_per_day, partners) < 1:
        raise UsageError("days, quotes per day and partners start at 1")
    if seed < 0:
        raise UsageError("the seed starts at 0")
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty; name a new folder for the sample")
    counts: Counter[str] = Counter()
    files: list[Path] = []
    told = Calendar(end, days, told=True)
    for lane in lanes(partners, quotes_per_day, days):
        calendar = Calendar(end, lane.days, told=lane.number == 0)
        writer = LaneWriter(lane, calendar, directory, seed, packed=packed)
        writer.write(report or _ignore)
        counts += writer.files.records
        files += writer.files.written
    stories = tuple(story for story in STORIES.values() if told.fits(story.name))
    return SampleSummary(dict(counts), tuple(sorted(files)), stories)


def _ignore(_: int) -> None:
    """Nobody asked for progress."""
