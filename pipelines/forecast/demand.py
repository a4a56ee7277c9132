"""What will be taken from a balance in the hours to come: paths, as earlier days would go on.

Days begin at the clock hour of now, so the newest one has just ended. A path is the expected
demand of the coming hours plus the scaled errors that the same forecast made from one earlier day
on, over the whole horizon: its cumulative amounts are those of one stretch of real time, and their
quantiles are never added.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pipelines.forecast.history import History, covered
from pipelines.forecast.ladder import FOLDS, BackTest, back_test, merged
from pipelines.forecast.local_hours import CELLS, Bools, Floats, Ints
from pipelines.forecast.rungs import (
    ERROR_MOST_DAYS,
    FIRST_ERROR_DAYS,
    LEAST_REFERENCE_DAYS,
    error_weights,
    naive_steps,
    noise,
)
from pipelines.forecast.samples import quantiles
from pipelines.forecast.seasons import Seasons, seasons

HORIZON_DAYS = 14
LEAST_HORIZON_DAYS = 3
LEAST_PATHS = 7
TEST_HOURS = (0, 6, 12, 18)
"""Clock hours at which the back-test forecasts the 24 hours to come."""

_WEEK = 7
_NAIVE_DAYS = 14
_KNOWN_SHARE = 0.9
_LOOKED_BACK_DAYS = ERROR_MOST_DAYS + _NAIVE_DAYS


@dataclass(frozen=True, eq=False)
class Demand:
    """Cumulative net outflow of S balances by each of K hours to come, in N paths."""

    paths: Floats
    """S, K, N."""

    weights: Floats
    """S, K, N; 0 where a path has not been lived through so far."""

    hourly: Floats
    """S, K: expected in each hour."""

    references: Ints
    """S: the paths that reach the horizon, or the differences that make the naive band."""

    def gross(self, levels: Floats) -> Floats:
        """Return L, S, K: quantiles of what is taken by the end of each hour, whatever comes."""
        return quantiles(self.paths, self.weights, levels)

    def most(self, coming: Floats, levels: Floats) -> Floats:
        """Return L, S, K: the same of the most that was taken so far, less what has come.

        `coming` (S, K) has come by the end of each hour.
        """
        left = np.maximum(self.paths - coming[:, :, None], 0.0)
        return quantiles(np.maximum.accumulate(left, axis=1), self.weights, levels)


def horizon_days(known_days: int) -> int:
    """Return how many days ahead are forecast after so many known days."""
    spare = known_days - FIRST_ERROR_DAYS - LEAST_PATHS
    return min(max(spare, LEAST_HORIZON_DAYS), HORIZON_DAYS)


def demand_back_test(history: History, last: int, folds: int = FOLDS) -> BackTest:
    """Return the back-test of the net outflow of 24 hours, from each of `TEST_HOURS` on."""
    tests = []
    for hour in TEST_HOURS:
        moved = history.from_hour(hour)
        tests.append(back_test(moved, seasons(moved), last, folds, origins=(0,)))
    return merged(tests)


def demand(
    history: History, usual: Seasons, number: int, days: int, passed: float, rungs: Ints
) -> Demand:
    """Return the demand from day `number` on, of which a share `passed` of the first hour is over.

    `history` has days that begin at the clock hour of now, and at least `days` after it; `usual`
    is what is usual in it.
    """
    first = max(number - _LOOKED_BACK_DAYS, 0)
    ahead = Ahead(history.since(first), usual.since(first), days, passed)
    series = np.arange(len(rungs))
    numbers = np.full(len(rungs), number - first)
    stand = ahead.stand(series, numbers, np.full(len(rungs), days), rungs)
    rows = np.tile(np.arange(days * CELLS), (len(rungs), 1))
    paths, weights = ahead.drawn(stand, rows)
    return Demand(paths, weights, ahead.hours_of(stand), stand.references)


@dataclass(frozen=True, eq=False)
class Stand:
    """P forecasts: of which series, from which day on, by which rung."""

    series: Ints
    numbers: Ints
    is_naive: Bools
    """Whether rung 1 is used. Where too little was lived through to know how far last week is off,
    the errors of rung 2 do."""

    references: Ints
    """What the band rests on, over the whole horizon."""


class Ahead:
    """What the days that begin at one clock hour have to say of the hours after each of them."""

    def __init__(self, history: History, usual: Seasons, days: int, passed: float) -> None:
        """Look `days` ahead of each day, of whose first hour a share `passed` is over."""
        self._history = history
        self._days = days
        self._share = np.ones(days * CELLS)
        self._share[0] = 1.0 - passed
        self._hourly = _expected(history, usual, days) * self._share
        self._lived = np.cumsum(_ahead(history.flows, days) * self._share, axis=2)
        self._order = history.order[:, : self._lived.shape[1]]
        self._middle = np.cumsum(self._hourly, axis=2)
        self._known = _known(covered(history), days)

    @cached_property
    def _repeated(self) -> Floats:
        """S, D', K: last week over and over."""
        dates = np.arange(self._lived.shape[1])
        found = np.zeros_like(self._lived)
        for day in range(self._days):
            cells = slice(day * CELLS, (day + 1) * CELLS)
            source = dates + day - _WEEK * (1 + day // _WEEK)
            found[:, :, cells] = self._history.flows[:, np.maximum(source, 0)]
        return found * self._share

    def stand(self, series: Ints, numbers: Ints, horizons: Ints, rungs: Ints) -> Stand:
        """Return forecasts of so many days each, from `numbers` on, by the rung in use."""
        at = (series, numbers, horizons)
        of_naive, of_errors = self._counted(self._judged, *at), self._counted(self._can_err, *at)
        is_naive: Bools = (rungs == 1) & (of_naive >= LEAST_REFERENCE_DAYS)
        return Stand(series, numbers, is_naive, np.where(is_naive, of_naive, of_errors))

    def hours_of(self, stand: Stand) -> Floats:
        """Return P, K: what is expected in each hour."""
        found = self._hourly[stand.series, stand.numbers]
        if stand.is_naive.any():
            found[stand.is_naive] = self._repeated[stand.series, stand.numbers][stand.is_naive]
        return found

    def drawn(self, stand: Stand, rows: Ints) -> tuple[Floats, Floats]:
        """Return paths P, R, N and their weights: what is taken by the end of hours P, R."""
        if not stand.is_naive.any():
            return self._of_errors(stand.series, stand.numbers, rows)
        shape = (*rows.shape, max(ERROR_MOST_DAYS, len(naive_steps())))
        paths, weights = np.zeros(shape), np.zeros(shape)
        for chosen, draw in ((stand.is_naive, self._naive), (~stand.is_naive, self._of_errors)):
            if chosen.any():
                own, heights = draw(stand.series[chosen], stand.numbers[chosen], rows[chosen])
                paths[chosen, :, : own.shape[2]] = own
                weights[chosen, :, : own.shape[2]] = heights
        return paths, weights

    def _of_errors(self, series: Ints, numbers: Ints, rows: Ints) -> tuple[Floats, Floats]:
        """Return rung 2, or 3: the expected path and the errors of earlier days, scaled."""
        at = (series[:, None], numbers[:, None], rows)
        middle, scale = self._middle[at], self._scale[at]
        errors = _window(self._errors, at)
        weights = self._heights(self._can_err, series, numbers, rows)
        return middle[:, :, None] + scale[:, :, None] * errors, weights

    def _naive(self, series: Ints, numbers: Ints, rows: Ints) -> tuple[Floats, Floats]:
        """Return rung 1: last week over and over.

        Its band is that of the differences, over the same stretch, of earlier such forecasts: what
        the root of k + 1 weeks stands for, measured.
        """
        at = (series[:, None], numbers[:, None], rows)
        forecast = np.cumsum(self._repeated, axis=2)
        squares = _window((self._lived - forecast) ** 2, at)
        weights = self._heights(self._judged, series, numbers, rows)
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = (weights * squares).sum(axis=2) / weights.sum(axis=2)
        spread = np.sqrt(np.nan_to_num(variance))
        paths = forecast[at][:, :, None] + spread[:, :, None] * naive_steps()
        return paths, np.ones_like(paths)

    def _heights(self, counts: Bools, series: Ints, numbers: Ints, rows: Ints) -> Floats:
        """Return P, R, N: how much each earlier day weighs that was lived through by then."""
        weights = error_weights(ERROR_MOST_DAYS, np.arange(ERROR_MOST_DAYS + 1) % _WEEK)[:-1]
        ages = np.arange(ERROR_MOST_DAYS, 0, -1)
        lasted = ages[None, :] > np.arange(self._days)[:, None]
        led = np.pad(counts, ((0, 0), (0, 0), (ERROR_MOST_DAYS, 0)))
        own = sliding_window_view(led, ERROR_MOST_DAYS, axis=2)[series, :, numbers]
        heights: Floats = (own * lasted * weights)[np.arange(len(series))[:, None], rows // CELLS]
        return heights

    def _counted(self, counts: Bools, series: Ints, numbers: Ints, horizons: Ints) -> Ints:
        """Return P: how many earlier days count that were lived through to the horizon."""
        before = np.pad(np.cumsum(counts, axis=2), ((0, 0), (0, 0), (1, 0)))
        first = np.maximum(numbers - _LOOKED_BACK_DAYS, 0)
        last = np.maximum(numbers - horizons + 1, first)
        found: Ints = before[series, horizons - 1, last] - before[series, horizons - 1, first]
        return found

    @cached_property
    def _scale(self) -> Floats:
        return noise(self._middle, self._order)

    @cached_property
    def _errors(self) -> Floats:
        return (self._lived - self._middle) / self._scale

    @property
    def _can_err(self) -> Bools:
        """S, days, D': whether the errors of the days after each date count."""
        counts: Bools = self._since(FIRST_ERROR_DAYS) & (self._order > 0)[:, None]
        return counts

    @property
    def _judged(self) -> Bools:
        return self._since(_NAIVE_DAYS)

    def _since(self, days: int) -> Bools:
        begun = np.arange(self._known.shape[2]) >= self._history.first_known[:, None] + days
        counts: Bools = self._known & begun[:, None]
        return counts


def _window(values: Floats, at: tuple[Ints, Ints, Ints]) -> Floats:
    """Return P, R, N: values S, D, K of the dates before each."""
    led = np.pad(values, ((0, 0), (ERROR_MOST_DAYS, 0), (0, 0)))
    found: Floats = sliding_window_view(led, ERROR_MOST_DAYS, axis=1)[at]
    return found


def _expected(history: History, usual: Seasons, days: int) -> Floats:
    """Return S, D', days * 24: what each date expected of the hours after it began."""
    dates = history.flows.shape[1] - days + 1
    ahead = []
    for day in range(days):
        places = np.arange(dates) + day
        rates = usual.rates[:, np.arange(dates), history.weekdays[places]]
        ahead.append(usual.level[:, :dates, None] * rates * history.hours[:, places])
    return np.concatenate(ahead, axis=2)


def _ahead(flows: Floats, days: int) -> Floats:
    """Return S, D', days * 24: what flowed after each date began."""
    dates = flows.shape[1] - days + 1
    return np.concatenate([flows[:, day : day + dates] for day in range(days)], axis=2)


def _known(whole: Bools, days: int) -> Bools:
    """Return S, days, D': whether so many days from a date on are mostly known."""
    dates = whole.shape[1] - days + 1
    ahead = np.stack([whole[:, day : day + dates] for day in range(days)], axis=1)
    lengths = np.arange(1, days + 1)[None, :, None]
    known: Bools = np.cumsum(ahead, axis=1) >= _KNOWN_SHARE * lengths
    return known
