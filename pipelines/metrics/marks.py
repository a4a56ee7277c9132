"""Marks: the instants a question asks about, and the segments between two neighbouring ones.

Windows, closing instants, local days and rolling 24 hours all begin and end at marks, so every
bucket of the serving tables lies in exactly one segment, and the metric files need to know only
which segments make a window. Marks are numbered from 1; segment n begins at mark n.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from pipelines.windows import (
    QUARTER_HOUR,
    Window,
    band_instants,
    format_instant,
    local_day_starts,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BUCKET_US = QUARTER_HOUR // _MICROSECOND
_HOUR_US = timedelta(hours=1) // _MICROSECOND
_DAY = timedelta(hours=24)

_NUMBER, _TEXT, _TIME = pa.int64(), pa.string(), pa.timestamp("us")
_WINDOWS = {
    "window_no": _NUMBER,
    "window_name": _TEXT,
    "window_start": _TIME,
    "window_end": _TIME,
    "closes_at": _TIME,
    "start_mark": _NUMBER,
    "closing_mark": _NUMBER,
    "elapsed_us": _NUMBER,
}
_SLOTS = {"bucket": _TIME, "segment": _NUMBER}
_BAND_DAYS = {"zone_no": _NUMBER, "window_no": _NUMBER, "band_at": _TIME}
_DAY_CLOSINGS = {
    "zone_no": _NUMBER,
    "window_no": _NUMBER,
    "day_start": _TIME,
    "day_mark": _NUMBER,
    "day_ago_mark": _NUMBER,
    "closing_mark": _NUMBER,
}
_DAY_SEGMENTS = {"zone_no": _NUMBER, "day_no": _NUMBER, "segment": _NUMBER}


class UnalignedInstantError(ValueError):
    """An instant inside a stored bucket was asked about, so no stored bucket can answer."""


@dataclass(frozen=True)
class Marks:
    """A question in the form the metric files read: tables by name, and the outermost marks.

    Times are naive UTC inside, as in the serving tables. `first` and `last` are None when nothing
    was asked. `window_count` is the number of windows given, the ones left out included. Where
    every mark and `as_of` is a whole hour or a cut, `are_hours` holds: buckets by the hour do.
    """

    tables: Mapping[str, pa.Table]
    first: datetime | None
    last: datetime | None
    count: int
    window_count: int
    are_hours: bool
    labels: Sequence[int]
    """The marks and `cuts`, the instants at which buckets are split, in microseconds from 1970."""
    cuts: Sequence[int]

    def slots(self, *, by_hour: bool) -> pa.Table:
        """Return every label a bucket may have from the first mark to the last, and its segment."""
        if not self.labels:
            return _table(_SLOTS, ())
        width = _HOUR_US if by_hour else _BUCKET_US
        first, last = self.labels[0], self.labels[-1]
        even = np.arange(-(-first // width) * width, last, width, dtype=np.int64)
        split = self.cuts[bisect_left(self.cuts, first) : bisect_left(self.cuts, last)]
        buckets = np.union1d(even, np.array(split, dtype=np.int64))
        segments = np.searchsorted(np.array(self.labels), buckets, side="right")
        return pa.table(
            {
                "bucket": pa.array(buckets).cast(_SLOTS["bucket"]),
                "segment": pa.array(segments, type=_SLOTS["segment"]),
            }
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One window as it closes: at its end, or at `as_of` when that comes first."""

    number: int
    window: Window
    closes_at: datetime

    @property
    def shortened(self) -> Window:
        """The window as far as anything is known of it."""
        window = self.window
        if self.closes_at is window.end:
            return window
        return Window(window.start, self.closes_at, window.name)


@dataclass(frozen=True, slots=True)
class _Days:
    """The local days of one zone, and for each window asked the day in which it closes."""

    starts: Sequence[datetime]
    closing: Sequence[datetime]


def build_marks(
    windows: Sequence[Window],
    *,
    as_of: datetime,
    zones: Mapping[int, str],
    cuts: Sequence[datetime],
) -> Marks:
    """Return the marks and tables for `windows` as of `as_of`; later windows are left out.

    `zones` are the programs' time zones by number, `cuts` the naive UTC instants at which stored
    buckets are split. Raises UnalignedInstantError where a window, `as_of` or a day before either
    begins inside a stored bucket.
    """
    asked = [
        _Asked(number, window, min(window.end, as_of))
        for number, window in enumerate(windows)
        if window.start < as_of
    ]
    days = _days_by_zone(asked, zones)
    instants = {one.window.start for one in asked}
    instants |= {one.closes_at for one in asked} | {one.closes_at - _DAY for one in asked}
    instants.update(*(zone.closing for zone in days.values()))
    marks = sorted(instants)
    labels = _labels(marks)
    cut_labels = sorted(_labels([cut.replace(tzinfo=UTC) for cut in cuts]))
    _refuse_unaligned(labels, set(cut_labels))
    number_of = {mark: number for number, mark in enumerate(marks, start=1)}
    return Marks(
        tables={
            "windows": _table(_WINDOWS, (_window_row(one, number_of) for one in asked)),
            "band_days": _table(_BAND_DAYS, _band_days(asked, days)),
            "day_closings": _table(_DAY_CLOSINGS, _day_closings(asked, days, number_of)),
            "day_segments": _table(_DAY_SEGMENTS, _day_segments(asked, days, number_of)),
        },
        first=marks[0].replace(tzinfo=None) if marks else None,
        last=marks[-1].replace(tzinfo=None) if marks else None,
        count=len(marks),
        window_count=len(windows),
        are_hours=_are_hours([*labels, *_labels([as_of])], set(cut_labels)),
        labels=labels,
        cuts=cut_labels,
    )


def are_hours(instants: Sequence[datetime], cuts: Sequence[datetime]) -> bool:
    """Return whether each aware instant is a whole hour or one of the naive UTC `cuts`."""
    cut_labels = _labels([cut.replace(tzinfo=UTC) for cut in cuts])
    return _are_hours(_labels(instants), set(cut_labels))


def _labels(instants: Sequence[datetime]) -> list[int]:
    """Return the microseconds from 1970 to each of the aware UTC instants."""
    labels: list[int] = _column(instants, _TIME).cast(_NUMBER).to_pylist()
    return labels


def _table(types: Mapping[str, pa.DataType], rows: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    return pa.table(
        {
            name: _column(values, kind)
            for (name, kind), values in zip(types.items(), columns, strict=True)
        }
    )


def _column(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    if kind == _TIME:  # Arrow itself writes an aware time as naive UTC
        return pa.array(values, type=pa.timestamp("us", tz="UTC")).cast(_TIME)
    return pa.array(values, type=kind)


def _days_by_zone(asked: Sequence[_Asked], zones: Mapping[int, str]) -> dict[int, _Days]:
    if not asked:
        return {}
    first = min(one.window.start for one in asked)
    last = max(one.window.end for one in asked)
    days = {}
    for zone_no, zone in zones.items():
        starts = local_day_starts(zone, first, last)
        # The day that holds the instant just before the window closes.
        closing = [starts[bisect_left(starts, one.closes_at) - 1] for one in asked]
        days[zone_no] = _Days(starts, closing)
    return days


def _refuse_unaligned(labels: Sequence[int], cuts: set[int]) -> None:
    for label in labels:
        if label % _BUCKET_US and label not in cuts:
            raise UnalignedInstantError(
                f"{format_instant(_EPOCH + label * _MICROSECOND)} lies inside a stored 15-minute "
                "bucket; ask for a multiple of 15 minutes, or publish a build that is cut there"
            )


def _are_hours(labels: Sequence[int], cuts: set[int]) -> bool:
    return all(label % _HOUR_US == 0 or label in cuts for label in labels)


def _window_row(asked: _Asked, number_of: Mapping[datetime, int]) -> tuple[object, ...]:
    window = asked.window
    return (
        asked.number,
        window.name,
        window.start,
        window.end,
        asked.closes_at,
        number_of[window.start],
        number_of[asked.closes_at],
        (asked.closes_at - window.start) // _MICROSECOND,
    )


def _band_days(asked: Sequence[_Asked], days: Mapping[int, _Days]) -> Iterable[tuple[object, ...]]:
    for zone_no, local in days.items():
        for one in asked:
            for instant in band_instants(one.shortened, local.starts):
                yield zone_no, one.number, instant


def _day_closings(
    asked: Sequence[_Asked], days: Mapping[int, _Days], number_of: Mapping[datetime, int]
) -> Iterable[tuple[object, ...]]:
    for zone_no, local in days.items():
        for one, day in zip(asked, local.closing, strict=True):
            closes_at = one.closes_at
            marks = (number_of[day], number_of[closes_at - _DAY], number_of[closes_at])
            yield zone_no, one.number, day, *marks


def _day_segments(
    asked: Sequence[_Asked], days: Mapping[int, _Days], number_of: Mapping[datetime, int]
) -> Iterable[tuple[object, ...]]:
    """Yield the segments of each local day, numbered across zones, to its last closing mark."""
    day_no = 0
    for zone_no, local in days.items():
        last_mark: dict[datetime, int] = {}
        for one, day in zip(asked, local.closing, strict=True):
            last_mark[day] = max(last_mark.get(day, 0), number_of[one.closes_at])
        for day, last in last_mark.items():
            day_no += 1
            for segment in range(number_of[day], last):
                yield zone_no, day_no, segment
