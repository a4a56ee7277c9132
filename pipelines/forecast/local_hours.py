"""Cells of local time: which date and hour of the clock a quarter of an hour lies in.

History is kept by local date and clock hour, so that Tuesday at ten is Tuesday at ten in summer
and winter. A date of 23 hours lacks a cell, one of 25 has a cell of two hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipelines.windows import QUARTER_HOUR, load_zone, local_day, local_day_starts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CELLS = 24
_QUARTERS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Look:
    """One time of the local day, on the dates of which as much is left then."""

    left: Floats
    """24: the share of each clock hour that is still to come."""

    numbers: Ints
    """The dates."""

    quarters: Ints
    """For each date, how many quarters of an hour after the start of all cells it is then."""


@dataclass(frozen=True, eq=False)
class LocalHours:
    """The cells of some consecutive local dates of one zone."""

    zone: str
    first: date
    start: datetime
    """Aware UTC: when the first date begins."""

    cells: Ints
    """For each quarter of an hour from `start`: date number times 24, plus the clock hour."""

    hours: Floats
    """By date and clock hour: how many hours the cell holds; 0, 1 or 2, or by halves."""

    def place(self, instant: datetime) -> tuple[int, Floats]:
        """Return the number of the date that an instant ends, and what of its cells is left.

        The date is that of the moment just before `instant`, as for the daily band. What is left
        is a share from 0 to 1 for each clock hour.
        """
        passed = (instant - self.start) / QUARTER_HOUR
        last = max(int(np.ceil(passed)) - 1, 0)
        number = int(self.cells[last]) // CELLS
        inside = np.nonzero(self.cells // CELLS == number)[0]
        left = np.clip(inside + 1 - passed, 0.0, 1.0)
        sums = np.bincount(self.cells[inside] % CELLS, weights=left, minlength=CELLS)
        whole = np.bincount(self.cells[inside] % CELLS, minlength=CELLS)
        return number, sums / np.maximum(whole, 1)

    def looks(self, first: int, last: int) -> Iterator[Look]:
        """Yield what `place` tells of `first` to `last` quarters of an hour after the start.

        Both are told too. Most dates are of 24 hours, and are told together.
        """
        starts = self._starts()
        alike: dict[bytes, list[int]] = {}
        for number in range(len(self.hours)):
            if starts[number] < last and starts[number + 1] >= first:
                clock = self.cells[starts[number] : starts[number + 1]] % CELLS
                alike.setdefault(clock.tobytes(), []).append(number)
        for key, dates in alike.items():
            clock, numbers = np.frombuffer(key, dtype=np.int64), np.array(dates)
            whole = np.maximum(np.bincount(clock, minlength=CELLS), 1)
            for passed in range(1, len(clock) + 1):
                quarters = starts[numbers] + passed
                asked = (quarters >= first) & (quarters <= last)
                if asked.any():
                    left = np.bincount(clock[passed:], minlength=CELLS) / whole
                    yield Look(left, numbers[asked], quarters[asked])

    def day_starts(self) -> npt.NDArray[np.datetime64]:
        """Return when each date begins, and when the last one ends; naive UTC."""
        start = np.datetime64(self.start.replace(tzinfo=None), "us")
        return start + self._starts() * np.timedelta64(QUARTER_HOUR)

    def _starts(self) -> Ints:
        """Return after how many quarters of an hour each date begins, and the last one ends."""
        return np.searchsorted(self.cells // CELLS, np.arange(len(self.hours) + 1))

    def begins(self, number: int) -> datetime:
        """Return when a date begins, also one after the last; aware UTC."""
        noon = datetime.combine(self.first + number * _DAY, time(12), load_zone(self.zone))
        return local_day(self.zone, noon).start

    def ends(self, number: int) -> list[datetime]:
        """Return when each clock hour of a date ends for the last time; aware UTC."""
        inside = np.nonzero(self.cells // CELLS == number)[0]
        hours = self.cells[inside] % CELLS
        lasts = {int(hour): int(at) for at, hour in zip(inside, hours, strict=True)}
        start = self.start + int(inside[0]) * QUARTER_HOUR
        found: list[datetime] = []
        for hour in range(CELLS):
            if hour in lasts:
                start = self.start + (lasts[hour] + 1) * QUARTER_HOUR
            found.append(start)
        return found


@lru_cache(maxsize=32)
def local_hours(zone: str, first: date, dates: int) -> LocalHours:
    """Return the cells of `dates` local dates of an IANA zone, from `first` on."""
    here = load_zone(zone)
    noon = datetime.combine(first, time(12), here)
    until = datetime.combine(first + (dates - 1) * _DAY, time(12), here)
    starts = local_day_starts(zone, noon, until + _DAY)[: dates + 1]
    cells = []
    for start, end in pairwise(starts):
        count = (end - start) // QUARTER_HOUR
        number = (start.astimezone(here).date() - first).days
        if count == CELLS * _QUARTERS:
            clock = np.arange(count) // _QUARTERS
        else:
            local = (start + turn * QUARTER_HOUR for turn in range(count))
            clock = np.array([at.astimezone(here).hour for at in local])
        cells.append(number * CELLS + clock)
    whole = np.concatenate(cells).astype(np.int64)
    whole = whole[whole < dates * CELLS]
    hours = np.bincount(whole, minlength=dates * CELLS).reshape(dates, CELLS) / _QUARTERS
    return LocalHours(zone, first, starts[0], whole, hours)


def quarter_numbers(buckets: Ints, start: datetime) -> Ints:
    """Return how many quarters of an hour after `start` buckets in microseconds of UTC begin."""
    start_us = (start - _EPOCH) // timedelta(microseconds=1)
    return (buckets - start_us) // (QUARTER_HOUR // timedelta(microseconds=1))
