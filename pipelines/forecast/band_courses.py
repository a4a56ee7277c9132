"""What was told of each daily band at every quarter of an hour of a span, in one pass.

The same as asking at each instant: the history is read and learned once for each four weeks, use
is added up once, and all dates of one time of the day are judged together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.forecast.bands import Bands
from pipelines.forecast.coverage import anchor, naive
from pipelines.forecast.local_hours import CELLS, Floats, Ints, Look, quarter_numbers
from pipelines.forecast.pace import read_bands
from pipelines.forecast.queries import answer
from pipelines.windows import QUARTER_HOUR

_LONGEST_DAY = timedelta(hours=25)

BandKey = tuple[str | None, str]
"""A pool, or None where its band is shared, and the currency."""


@dataclass(frozen=True, eq=False)
class BandCourse:
    """One daily band over a span of Q quarters of an hour."""

    chances: Floats
    """Q: the chance that the band is reached before it resets; NaN where nothing is projected. One
    that is surely under a half may be told as 0."""

    days: Ints
    """Q: the ordinal of the local date that each instant ends."""


def band_courses(
    connection: duckdb.DuckDBPyConnection, instants: Sequence[datetime]
) -> dict[BandKey, BandCourse]:
    """Return the course of each daily band, as `paces` tells it at each instant.

    `instants` are aware, on quarters of an hour, one after the other without a gap, and none is
    after the watermark.
    """
    found: dict[BandKey, BandCourse] = {}
    for _, group in groupby(enumerate(instants), key=lambda one: anchor(one[1])):
        places, block = zip(*group, strict=True)
        bands = read_bands(connection, block)
        if bands is None:
            continue
        for key, part in _Block(connection, bands, block).courses():
            whole = found.setdefault(key, _untold(len(instants)))
            told = ~np.isnan(part.chances)
            whole.days[places[0] : places[-1] + 1] = part.days
            whole.chances[places[0] : places[-1] + 1][told] = part.chances[told]
    return found


def _untold(count: int) -> BandCourse:
    return BandCourse(np.full(count, np.nan), np.zeros(count, dtype=np.int64))


class _Block:
    """The bands of a build over instants that look at the same history."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, bands: Bands, instants: Sequence[datetime]
    ) -> None:
        self._connection = connection
        self._bands = bands
        self._instants = instants
        self._places = {zone: self._first_place(zone) for zone in sorted(set(bands.zones))}
        self._limits = self._limits_of()

    def courses(self) -> Iterator[tuple[BandKey, BandCourse]]:
        """Yield the bands that are in force on any day."""
        numbers = self._numbers()
        used = self._read_use(numbers)
        told, first_day = np.full(used.shape, np.nan), self._bands.history.first.toordinal()
        for zone, first in self._places.items():
            own = np.array([one for one, name in enumerate(self._bands.zones) if name == zone])
            for look in self._bands.cells_of(zone).looks(first, first + used.shape[1] - 1):
                self._judge(own, look, look.quarters - first, used, told)
        for series, key in enumerate(self._keys()):
            if np.isfinite(self._limits[series]).any():
                yield key, BandCourse(told[series], first_day + numbers[series])

    def _keys(self) -> list[BandKey]:
        own: list[BandKey] = [(lane.pool_id, lane.currency) for lane in self._bands.lanes]
        return own + [(None, currency) for currency in self._bands.currencies]

    def _first_place(self, zone: str) -> int:
        """Return how many quarters after the start of a zone's cells the first instant is."""
        return (self._instants[0] - self._bands.cells_of(zone).start) // QUARTER_HOUR

    def _judge(self, own: Ints, look: Look, places: Ints, used: Floats, told: Floats) -> None:
        """Tell the chances of some series at one time of the day."""
        series, dates = np.repeat(own, len(places)), np.tile(np.arange(len(places)), len(own))
        numbers = look.numbers[dates]
        limits = self._limits[series, numbers]
        chosen = (limits > 0) & (numbers >= self._bands.enough[series])
        if not chosen.any():
            return
        series, numbers, at = series[chosen], numbers[chosen], places[dates[chosen]]
        so_far, limits = used[series, at], limits[chosen]
        told[series, at] = self._bands.chances(look.left, series, numbers, so_far, limits)

    def _limits_of(self) -> Floats:
        """Return S, D: the band in force as each date begins; NaN where there is none."""
        lanes, currencies, of_lanes = self._bands.lanes, self._bands.currencies, self._bands.limits
        own = np.where(of_lanes.is_shared, np.nan, of_lanes.values)
        shared = np.full((len(currencies), own.shape[1]), np.nan)
        for number, lane in enumerate(lanes):
            values = np.where(of_lanes.is_shared[number], of_lanes.values[number], np.nan)
            place = currencies.index(lane.currency)
            shared[place] = np.where(np.isnan(shared[place]), values, shared[place])
        return np.concatenate([own, shared])

    def _numbers(self) -> Ints:
        """Return S, Q: the number of the local date that each instant ends."""
        quarters = np.arange(len(self._instants)) - 1
        found = {
            zone: self._bands.cells_of(zone).cells[first + quarters] // CELLS
            for zone, first in self._places.items()
        }
        return np.stack([found[zone] for zone in self._bands.zones])

    def _read_use(self, numbers: Ints) -> Floats:
        """Return S, Q: what had been used of each band at each instant."""
        span = {"start": naive(self._instants[0] - _LONGEST_DAY), "end": naive(self._instants[-1])}
        with self._connection.cursor() as cursor:
            cursor.register("asked_series", self._asked_series())
            cursor.register("asked_days", self._asked_days(numbers))
            table = answer(cursor, "band_use", span)
        buckets = table.column("bucket").cast(pa.int64()).to_numpy()
        after = np.maximum(quarter_numbers(buckets, self._instants[0]) + 1, 0)
        seen = after < numbers.shape[1]
        at = table.column("series").to_numpy()[seen], after[seen]
        used, of_day = np.zeros(numbers.shape), np.full(numbers.shape, -1)
        latest = np.zeros(numbers.shape, dtype=np.int64)
        used[at] = table.column("used").to_numpy()[seen]
        of_day[at] = table.column("number").to_numpy()[seen]
        latest[at] = after[seen]
        latest = np.maximum.accumulate(latest, axis=1)
        is_today = np.take_along_axis(of_day, latest, axis=1) == numbers
        return np.where(is_today, np.take_along_axis(used, latest, axis=1), 0.0)

    def _asked_series(self) -> pa.Table:
        """Return the lanes whose trades count against each band that is in force on any day."""
        lanes, currencies = self._bands.lanes, self._bands.currencies
        rows = [(series, lane, lane.time_zone) for series, lane in enumerate(lanes)]
        for lane in lanes:
            series = len(lanes) + currencies.index(lane.currency)
            if self._bands.zones[series] == lane.time_zone:
                rows.append((series, lane, lane.time_zone))
        rows = [row for row in rows if np.isfinite(self._limits[row[0]]).any()]
        return pa.table(
            {
                "series": pa.array([series for series, _, _ in rows], pa.int64()),
                "pool_id": pa.array([lane.pool_id for _, lane, _ in rows], pa.string()),
                "currency": pa.array([lane.currency for _, lane, _ in rows], pa.string()),
                "time_zone": pa.array([zone for _, _, zone in rows], pa.string()),
            }
        )

    def _asked_days(self, numbers: Ints) -> pa.Table:
        """Return the local dates that the instants end."""
        parts = []
        for zone in self._places:
            own = numbers[self._bands.zones.index(zone)]
            dates = np.arange(own[0], own[-1] + 1)
            starts = self._bands.cells_of(zone).day_starts()
            columns = [[zone] * len(dates), dates, starts[dates], starts[dates + 1]]
            parts.append(pa.table(columns, ["time_zone", "number", "day_start", "day_end"]))
        return pa.concat_tables(parts)
