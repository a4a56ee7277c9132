"""Events on a grid of quarter hours: how many lie in a window that ends at each instant.

Slot n is the quarter of an hour from instant n to instant n + 1. What happened in a slot is known
from the instant at its end on, so that no instant sees what came after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from pipelines.windows import QUARTER_HOUR

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NEVER = 1 << 32
"""A slot after every other."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The instants from `origin` (aware UTC, a whole quarter hour), one each quarter hour."""

    origin: datetime
    count: int
    """How many instants there are; one more than slots."""

    def instant(self, index: int) -> datetime:
        """The aware instant of this index."""
        return self.origin + index * QUARTER_HOUR

    def index(self, instant: datetime) -> int:
        """The index of the last instant up to an aware one; it may lie outside."""
        return (instant - self.origin) // QUARTER_HOUR

    @property
    def end(self) -> datetime:
        """The last instant."""
        return self.instant(self.count - 1)


def slots_of(length: timedelta) -> int:
    """How many slots a length has; a length between two counts as the longer."""
    return -(-length // QUARTER_HOUR)


def naive(instant: datetime) -> datetime:
    """An aware instant as the tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def cumulated(
    rows: Ints, slots: Ints, values: npt.NDArray[np.generic], shape: tuple[int, int]
) -> Floats:
    """Return for each row and instant the sum of `values` whose slot ended by then.

    `shape` is rows and instants. Slots before the grid count from its first instant on, those after
    it never. Counts stay whole up to 2^53.
    """
    places = np.clip(slots + 1, 0, None)
    return _spread(rows, places, values, shape).cumsum(axis=1)


def active(
    rows: Ints, first: Ints, last: Ints, values: npt.NDArray[np.generic], shape: tuple[int, int]
) -> Floats:
    """Return for each row and instant the sum of `values` that hold from `first` to `last`.

    Both are indices of instants and included; what ends before it begins does not count.
    """
    first = np.clip(first, 0, None)
    holds = last >= first
    rows, first, last, values = rows[holds], first[holds], last[holds], values[holds]
    begun = _spread(rows, first, values, shape)
    ended = _spread(rows, last + 1, values, shape)
    return np.rint((begun - ended).cumsum(axis=1) * 1e8) / 1e8


def _spread(
    rows: Ints, places: Ints, values: npt.NDArray[np.generic], shape: tuple[int, int]
) -> Floats:
    inside = places < shape[1]
    flat = rows[inside] * shape[1] + places[inside]
    weights = values[inside].astype(np.float64)
    found = np.bincount(flat, weights=weights, minlength=shape[0] * shape[1])
    return found.astype(np.float64).reshape(shape)


def oldest(
    rows: Ints, created_s: Floats, first: Ints, last: Ints, shape: tuple[int, int]
) -> Floats:
    """Return for each row and instant the least `created_s` of what is active; NaN where nothing.

    In order of creation, one is the oldest only where no earlier one reaches.
    """
    order = np.lexsort((created_s, rows))
    row, created = rows[order], created_s[order]
    begins = np.clip(first[order], 0, None)
    ends = np.minimum(last[order], shape[1] - 1)
    # Rows one after another on one line, so that one pass finds how far earlier ones reach.
    line = row * shape[1]
    reach = np.maximum.accumulate(line + np.clip(ends, -1, None))
    before = np.concatenate(([-1], reach[:-1])) if len(reach) else reach
    begins = np.maximum(line + begins, np.maximum(before, line - 1) + 1)
    lengths = np.clip(line + ends + 1 - begins, 0, None)
    found = np.full(shape[0] * shape[1], np.nan)
    found[_ranges(begins, lengths)] = np.repeat(created, lengths)
    return found.reshape(shape)


def _ranges(begins: Ints, lengths: Ints) -> Ints:
    """Every number from each of `begins` on, as many as its length."""
    ends = lengths.cumsum()
    steps: Ints = np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)
    return np.repeat(begins, lengths) + steps


def window_sums(sums: Floats, slots: int) -> Floats:
    """Return for each row and instant what came in the `slots` before it."""
    if slots >= sums.shape[1]:
        return sums.copy()
    found = sums.copy()
    found[:, slots:] -= sums[:, :-slots]
    return found


def same_time_of_day(values: Floats, known: npt.NDArray[np.bool_], days: int, least: int) -> Floats:
    """Return for each row and instant the mean of `values` at that time of the `days` before.

    Only instants that are `known` count; NaN where fewer than `least` of them are.
    """
    per_day = timedelta(days=1) // QUARTER_HOUR
    rows, count = values.shape
    whole = -(-count // per_day)
    padded = np.zeros((rows, whole * per_day))
    seen = np.zeros((rows, whole * per_day))
    usable = known & np.isfinite(values)
    padded[:, :count] = np.where(usable, values, 0)
    seen[:, :count] = usable
    total, number = (
        _days_before(each.reshape(rows, whole, per_day), days).reshape(rows, -1)[:, :count]
        for each in (padded, seen)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(number >= least, total / number, np.nan)


def _days_before(by_day: Floats, days: int) -> Floats:
    sums = by_day.cumsum(axis=1)
    found = np.zeros_like(sums)
    found[:, 1:] = sums[:, :-1]
    if sums.shape[1] > days:
        found[:, days + 1 :] -= sums[:, : -days - 1]
    return found


def filled(rows: Ints, first: Ints, values: Floats, shape: tuple[int, int]) -> tuple[Floats, Ints]:
    """Return the last of `values` that held from its `first` instant on, and where it began.

    NaN and -1 before there was any. Rows of one instant must stand in the order of their times.
    """
    number = np.full(shape, -1, dtype=np.int64)
    inside = (first >= 0) & (first < shape[1])
    number[rows[inside], first[inside]] = np.flatnonzero(inside)
    place = np.where(number >= 0, np.arange(shape[1]), -1)
    place = np.maximum.accumulate(place, axis=1)
    at = np.take_along_axis(number, np.clip(place, 0, None), axis=1)
    at = np.where(place >= 0, at, -1)
    if not len(values):
        return np.full(shape, np.nan), at
    return np.where(at >= 0, values[np.clip(at, 0, None)], np.nan), at
