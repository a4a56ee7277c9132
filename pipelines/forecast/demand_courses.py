"""The demand on balances as of many instants: the stretch of each curve that advice turns on.

The same as asking at each instant: what a clock hour has to say of the days after it is worked out
once for all dates, and quantiles are taken in those hours alone in which money may be short.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

import numpy as np

from pipelines.forecast.balance_demand import BalanceDemand
from pipelines.forecast.demand import HORIZON_DAYS, Ahead
from pipelines.forecast.local_hours import CELLS, Floats, Ints
from pipelines.forecast.rungs import LEAST_REFERENCE_DAYS
from pipelines.forecast.samples import quantiles
from pipelines.forecast.top_up import Curve, busiest

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: the demand on a currency from `at` on, where it lies between two instants."""

    currency: str
    at: datetime
    first: datetime
    last: datetime


@dataclass(frozen=True, eq=False)
class Stretch:
    """The hours of a demand curve from the one in which `first` lies to that of `last`.

    What was taken in the hour before is among them; beyond the horizon there are none.
    """

    curve: Curve
    """Whatever is coming."""

    next_peak: datetime


class DemandCourses:
    """Answers many questions about the demand on the balances of one block of history."""

    def __init__(self, demand: BalanceDemand) -> None:
        self._demand = demand
        self._passed: dict[str, Floats] = {}
        self._ahead: dict[tuple[int, float], Ahead] = {}

    def stretches(self, asked: Sequence[Asked], level: float) -> dict[Asked, Stretch]:
        """Return what is taken at a quantile of demand, where enough history tells."""
        placed = [self._placed(one) for one in asked]
        known = [one for one in placed if one.horizon > 0]
        found: dict[Asked, Stretch] = {}
        for (hour, passed, _), group in groupby(sorted(known, key=_alike), key=_alike):
            found.update(self._answered(list(group), self._ahead_of(hour, passed), level))
        return found

    def _placed(self, asked: Asked) -> _Placed:
        series = self._demand.series(asked.currency)
        number, hour, passed = self._demand.place(series, asked.at)
        horizon = self._demand.horizon_days(series, number)
        is_early = not self._demand.is_enough(series, number)
        rung = int(self._demand.rungs(asked.at)[series])
        ends = self._hours_passed(asked.currency)[number * CELLS + hour :][: horizon * CELLS]
        start = self._demand.cells(series).start
        bounds = [(at - start) / _HOUR for at in (asked.first, asked.last)]
        first, last = np.searchsorted(ends, bounds).tolist()
        first, last = max(first - 1, 0), min(last, len(ends) - 1)
        horizon = 0 if is_early else horizon
        return _Placed(asked, series, number, hour, passed, horizon, rung, first, last, start, ends)

    def _hours_passed(self, currency: str) -> Floats:
        """Return how many hours of real time after its start each cell ends."""
        if currency not in self._passed:
            cells = self._demand.cells(self._demand.series(currency))
            self._passed[currency] = np.cumsum(cells.hours.ravel())
        return self._passed[currency]

    def _ahead_of(self, hour: int, passed: float) -> Ahead:
        if (hour, passed) not in self._ahead:
            moved = self._demand.moved(hour)
            self._ahead[hour, passed] = Ahead(*moved, HORIZON_DAYS, passed)
        return self._ahead[hour, passed]

    def _answered(
        self, group: Sequence[_Placed], ahead: Ahead, level: float
    ) -> Iterator[tuple[Asked, Stretch]]:
        columns = [(one.series, one.number, one.horizon, one.rung) for one in group]
        series, numbers, horizons, rungs = np.array(columns, dtype=np.int64).T
        stand = ahead.stand(series, numbers, horizons, rungs)
        rows = _rows(group)
        paths, weights = ahead.drawn(stand, rows)
        (gross,) = quantiles(paths, weights, np.array([level]))
        hourly = ahead.hours_of(stand)
        for place, one in enumerate(group):
            if stand.references[place] >= LEAST_REFERENCE_DAYS:
                curve = Curve(one.asked.at, one.ends, gross[place, : one.last - one.first + 1])
                peak = busiest(one.day_ends, hourly[place])
                yield one.asked, Stretch(curve, peak)


@dataclass(frozen=True, eq=False)
class _Placed:
    """A question in the cells of its currency's history."""

    asked: Asked
    series: int
    number: int
    hour: int
    passed: float
    horizon: int
    """Days; 0 where there is too little history."""

    rung: int
    first: int
    last: int
    """The hours that are asked for, counted from the question's own."""

    start: datetime
    hours: Floats
    """How long after `start` each hour of the horizon ends."""

    @cached_property
    def ends(self) -> list[datetime]:
        """When each hour asked for ends."""
        return self._instants(self.first, self.last + 1)

    @property
    def day_ends(self) -> list[datetime]:
        """When each of the first 24 hours ends."""
        return self._instants(0, CELLS)

    def _instants(self, first: int, stop: int) -> list[datetime]:
        return [self.start + hours * _HOUR for hours in self.hours[first:stop].tolist()]


def _alike(one: _Placed) -> tuple[int, float, int]:
    """What is answered together: one time of the day, and about as many hours."""
    return one.hour, one.passed, (one.last - one.first) // CELLS


def _rows(group: Sequence[_Placed]) -> Ints:
    """Return P, R: the hours asked for, the last one again where there are fewer."""
    first, last = np.array([(one.first, one.last) for one in group], dtype=np.int64).T
    most = int((last - first).max()) + 1
    rows: Ints = np.minimum(first[:, None] + np.arange(most), last[:, None])
    return rows
