"""What the Investigate page asks: one story, counts by pool and hour, and what they are made of.

Records are read from the facts for a moment only, so that a load never waits long for a reader.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.remembering import remembered
from dashboard.store import Bounds, Key, opened
from pipelines.drill.counts import counted_events, counts_table
from pipelines.drill.events import (
    FROM_BUILD,
    Asked,
    find_events,
    read_events,
    read_reserved,
    reserved_events,
)
from pipelines.errors import UsageError
from pipelines.evidence import evidence
from pipelines.places import Place
from pipelines.settings import Settings, load_settings
from pipelines.story import Story
from pipelines.windows import Window, parse_instant
from reports.found import Found

WAIT_SECONDS = 2.0
"""How long to wait for a load that holds the records."""

Lane = tuple[str, str | None]


@remembered(32)
def story(key: Key, asked: str, as_of: str) -> Story:
    """The story of one id; raises UnknownIdError, and HomeLockedError while records are loaded."""
    moment = parse_instant(as_of)
    return evidence(_settings(key), _place(key), asked, moment, wait_seconds=WAIT_SECONDS)


@remembered(64)
def counts(
    key: Key, name: str, windows: tuple[Bounds, ...], as_of: str, pools: tuple[str, ...]
) -> Found:
    """How often something happened, per pool and window."""
    asked = [_window(bounds) for bounds in windows]
    connection = opened(key).connection
    moment = parse_instant(as_of)
    return Found(counts_table(connection, name, asked, as_of=moment, pools=pools))


@remembered(32)
def events(key: Key, name: str, lane: Lane, window: Bounds, as_of: str) -> Found:
    """What a count of one lane and window is made of; HomeLockedError while records are loaded."""
    pool, currency = lane
    asked = Asked(name, pool, currency, _window(window), parse_instant(as_of))
    if name in FROM_BUILD:
        return Found(find_events(opened(key).connection, asked))
    return Found(read_events(_settings(key), _place(key), asked, wait_seconds=WAIT_SECONDS))


@remembered(16)
def reserved(key: Key, as_of: str, over_s: float) -> Found:
    """The trades reserved for longer than an age; a build lists those of its watermark on."""
    moment, over = parse_instant(as_of), timedelta(seconds=over_s)
    try:
        return Found(reserved_events(opened(key).connection, as_of=moment, over=over))
    except UsageError:
        place = _place(key)
        return Found(
            read_reserved(_settings(key), place, as_of=moment, over=over, wait_seconds=WAIT_SECONDS)
        )


@remembered(32)
def reserved_counts(
    key: Key,
    windows: tuple[Bounds, ...],
    as_of: str,
    over_s: float,
    pools: tuple[str, ...],
) -> Found:
    """How many of those were made in each window, per lane of some pools."""
    held = reserved(key, as_of, over_s).table
    kept = held.filter(pc.is_in(held["pool_id"], pa.array(pools, pa.string())))
    return Found(counted_events(kept, [_window(bounds) for bounds in windows]))


def _settings(key: Key) -> Settings:
    """The settings of the build's own home, so that an answer depends on its key alone."""
    return load_settings(Path(key[0]))


def _place(key: Key) -> Place:
    home, environment, partner_id, _ = key
    return Place(Path(home), environment, partner_id)


def _window(bounds: Bounds) -> Window:
    start, end, name = bounds
    return Window(parse_instant(start), parse_instant(end), name)
