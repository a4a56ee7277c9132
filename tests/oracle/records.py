"""Small adversarial worlds of valid records: every edge a window, a fold or a limit has.

A world holds two partners and two environments that share pool and record ids, and spans three
local days, usually around a change of clocks. The same seed and size give the same world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random

from hypothesis import strategies as st

from .palette import EVENT_TIMES
from .world import Maker, World


def random_world(seed: int, size: int = 60) -> World:
    """About `size` valid canonical records, by kind, in no particular order."""
    return Maker(Random(seed)).world(size)


def worlds(min_size: int = 40, max_size: int = 80) -> st.SearchStrategy[World]:
    """A hypothesis strategy of worlds; a failing example names its seed through `random_world`."""
    return st.builds(random_world, st.integers(0, 2**32 - 1), st.integers(min_size, max_size))


def event_times(records: Mapping[str, Sequence[Mapping[str, object]]]) -> list[datetime]:
    """Every distinct event time of these records, UTC, in order: where an `as_of` bites."""
    texts = {
        str(record[name])
        for kind, names in EVENT_TIMES.items()
        for record in records[kind]
        for name in names
        if record.get(name) is not None
    }
    return sorted({datetime.fromisoformat(text).astimezone(UTC) for text in texts})
