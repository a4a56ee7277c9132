"""Which local dates a forecast works on, and what of them is known.

No record is not the same as no use: what lies before a partner's first record, after the watermark
or in a day its feed was silent is not known, and counts neither for nor against anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.forecast.local_hours import (
    CELLS,
    Bools,
    Floats,
    Ints,
    LocalHours,
    local_hours,
    quarter_numbers,
)
from pipelines.forecast.queries import answer, query
from pipelines.windows import load_zone

HISTORY_DAYS = 182
"""Local dates before the first instant asked about that a forecast looks at."""

_ANCHOR_DAYS = 28
_WEEKS_OF_HABIT = 8


def anchor(instant: datetime) -> int:
    """Return the ordinal of the date from which a forecast as of an instant looks at history."""
    return (instant.astimezone(UTC).toordinal() - HISTORY_DAYS) // _ANCHOR_DAYS * _ANCHOR_DAYS


@dataclass(frozen=True, slots=True)
class Dates:
    """The local dates a forecast works on, and until when anything is known."""

    first: date
    count: int
    known_until: datetime
    """Aware UTC."""

    def of(self, zone: str) -> LocalHours:
        """Return the cells of these dates in `zone`."""
        return local_hours(zone, self.first, self.count)


@dataclass(frozen=True, slots=True)
class Seen:
    """When a partner's records begin, and the days of UTC of which any were landed."""

    first_at: datetime
    """Aware UTC."""

    days: Sequence[date]


def asked_dates(
    instants: Sequence[datetime], zones: Sequence[str], *, known_until: datetime, ahead_days: int
) -> Dates:
    """Return the dates from `HISTORY_DAYS` or more before the first instant to some after the last.

    They begin on an anchor, so that instants of the same `anchor` look at the same dates.
    """
    first = date.fromordinal(anchor(min(instants)))
    last = max(max(instants).astimezone(load_zone(zone)).date() for zone in set(zones))
    return Dates(first, (last - first).days + 1 + ahead_days, known_until)


def read_seen(
    cursor: duckdb.DuckDBPyConnection, span: Mapping[str, datetime], dates: Dates
) -> Seen:
    """Return from when on, and on which days of the span, a partner sent any records."""
    landed = answer(cursor, "days_landed", span).column("day").to_pylist()
    first = cursor.execute(query("first_bucket"), {"as_of": span["end"]}).fetchone()
    first_at = first[0].replace(tzinfo=UTC) if first and first[0] else dates.known_until
    return Seen(first_at, landed)


def known_hours(
    cells: LocalHours,
    dates: Dates,
    seen: Seen,
    out: Ints | None = None,
) -> Floats:
    """Return D, 24: hours of each cell of which the flow is known.

    Not known is what lies before the first record or after the last, days of which nothing at all
    was landed though most of their weekday have records, and quarters of an hour `out` (their
    starts, microseconds of UTC) in which the pool could not be used.
    """
    count = len(cells.cells)
    quarters = np.arange(count)
    begin = quarter_numbers(microseconds([seen.first_at]), cells.start)[0]
    end = quarter_numbers(microseconds([dates.known_until]), cells.start)[0]
    is_known = (quarters >= begin) & (quarters < end)
    is_known &= ~_silent(cells, is_known, seen.days)
    if out is not None:
        down = quarter_numbers(out, cells.start)
        is_known[down[(down >= 0) & (down < count)]] = False
    sums = np.bincount(cells.cells, weights=is_known, minlength=dates.count * CELLS)
    return sums.reshape(dates.count, CELLS) / 4


def spread(at: Ints, amount: Floats, dates: Dates) -> Floats:
    """Return D, 24: amounts added up by the cells they lie in."""
    sums = np.bincount(at, weights=amount, minlength=dates.count * CELLS).astype(np.float64)
    return sums.reshape(dates.count, CELLS)


def mean_order(amount: Floats, orders: Floats) -> Floats:
    """Return D: what orders came to on average before each date, from what they did on each."""
    before = np.concatenate([[0.0], np.cumsum(amount)[:-1]])
    count = np.concatenate([[0.0], np.cumsum(orders)[:-1]])
    mean: Floats = np.divide(before, count, out=np.zeros_like(before), where=count > 0)
    return np.maximum(mean, 0.0)


def naive(instant: datetime) -> datetime:
    """An aware instant as the tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def microseconds(instants: Sequence[datetime]) -> Ints:
    """Return instants as the tables count them."""
    naive_times = pa.array([naive(at) for at in instants], pa.timestamp("us"))
    numbers: Ints = naive_times.cast(pa.int64()).to_numpy()
    return numbers


def _silent(cells: LocalHours, is_known: Bools, landed: Sequence[date]) -> Bools:
    """Return the quarters of days without any record, where their weekday lately mostly had some.

    A day is judged by earlier ones alone. A partner that rests on Sundays used nothing then.
    """
    first = cells.start.date()
    offset = (cells.start - datetime(first.year, first.month, first.day, tzinfo=UTC)) // timedelta(
        minutes=15
    )
    day_of = (np.arange(len(is_known)) + offset) // (CELLS * 4)
    days = int(day_of[-1]) + 1
    has_records = np.zeros(days, dtype=bool)
    places = np.array([(day - first).days for day in landed], dtype=np.int64)
    has_records[places[(places >= 0) & (places < days)]] = True
    lasted = np.bincount(day_of, weights=is_known, minlength=days) > 0
    silent_days = np.zeros(days, dtype=bool)
    for day in np.nonzero(lasted & ~has_records)[0]:
        before = np.arange(day % 7, day, 7)[-_WEEKS_OF_HABIT:]
        before = before[lasted[before]]
        silent_days[day] = len(before) > 0 and has_records[before].mean() >= 0.5
    silent: Bools = silent_days[day_of]
    return silent
