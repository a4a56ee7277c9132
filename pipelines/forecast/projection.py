"""Where a day is heading: the rest of it as samples, and what they say of its end and its limit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.forecast.history import History
from pipelines.forecast.ladder import BackTest
from pipelines.forecast.local_hours import Floats, Ints
from pipelines.forecast.rungs import (
    Forecasts,
    Rest,
    conditioned,
    empirical,
    naive,
    naive_sampled,
    rest_of_day,
    sampled,
    surprise_factor,
    surprise_slope,
)
from pipelines.forecast.samples import BAND, quantiles, reach_probability
from pipelines.forecast.seasons import Seasons

_BAND = np.array(BAND)
_KEPT_TIMES = 12
"""Times of the day whose learning is kept: some of each zone, and not those of a whole month."""


@dataclass(frozen=True, eq=False)
class Projection:
    """What S series come to by the end of each of the K cells left of one date."""

    rising: Floats
    """S, K, N: samples of what will have flowed since the start of the day."""

    rungs: Ints
    """S: the rung in use."""

    elapsed_share: Floats
    """S: the share of such a day that is normally behind by now."""

    reference_days: Ints
    """S: earlier forecasts whose errors make the band; for rung 1, whose differences do."""

    weights: Floats
    """S, N."""

    so_far: Floats

    @cached_property
    def quantiles(self) -> Floats:
        """3, S, K: what will have flowed by the end of each cell, at 10 %, 50 % and 90 %."""
        return quantiles(self.rising, self.weights[:, None, :], _BAND)

    def reach(self, level: Floats) -> Floats:
        """Return S, K: the chance that `level` (S) has been reached by the end of each cell."""
        highest = np.maximum.accumulate(self.rising, axis=1)
        chance = reach_probability(highest, self.weights[:, None, :], level[:, None])
        chance = np.maximum.accumulate(chance, axis=1)
        return np.where(self.so_far[:, None] >= level[:, None], 1.0, chance)


@dataclass(frozen=True, eq=False)
class Learned:
    """What one time of the day has to say, whatever the date."""

    rest: Rest

    @cached_property
    def naive(self) -> Forecasts:
        """Rung 1 of each date."""
        return naive(self.rest.outcome, self.rest.is_whole, self.rest.order)

    @cached_property
    def empirical(self) -> Forecasts:
        """Rung 2 of each date."""
        return empirical(self.rest)

    @cached_property
    def slope(self) -> Floats:
        """S, D: how much of a surprise so far has gone on in the rest of the days before."""
        return surprise_slope(self.rest)

    @cached_property
    def conditioned(self) -> Forecasts:
        """Rung 3 of each date."""
        return conditioned(self.rest, self.slope)

    def forecasts(self, rung: int) -> Forecasts:
        """Return those of rung 1, 2 or 3."""
        if rung == 1:
            return self.naive
        return self.empirical if rung == 2 else self.conditioned


class DayProjector:
    """Projects the dates of one history; what a time of the day shares is computed once."""

    def __init__(self, history: History, usual: Seasons, tested: BackTest) -> None:
        self._history = history
        self._usual = usual
        self._tested = tested
        self._learned: dict[bytes, Learned] = {}
        self._rungs: dict[int, Ints] = {}

    def project(self, number: int, left: Floats, so_far: Floats) -> Projection:
        """Project date `number`, of which a share `left` (24) of each cell is still to come.

        `so_far` (S) is what has flowed on the date; it is taken from the caller, who knows it
        exactly, and not from the history.
        """
        learned = self.learned(left)
        rungs = self.rungs(number)
        samples, weights = _chosen(self._drawn(learned, number, so_far), rungs)
        rising = so_far[:, None, None] + samples
        usual_so_far = learned.rest.usual_so_far[:, number]
        usual_day = usual_so_far + learned.rest.usual[:, number, -1]
        with np.errstate(invalid="ignore", divide="ignore"):
            elapsed = np.where(usual_day > 0, usual_so_far / usual_day, 0.0)
        judged = [learned.naive.can_err, learned.rest.can_err, learned.rest.can_err]
        counted = np.stack([one[:, :number].sum(axis=1) for one in judged])
        return Projection(
            rising=rising,
            rungs=rungs,
            elapsed_share=elapsed,
            reference_days=counted[rungs - 1, np.arange(len(rungs))],
            weights=weights,
            so_far=so_far,
        )

    def rungs(self, number: int) -> Ints:
        """Return S: the rung in use on a date."""
        if number not in self._rungs:
            self._rungs[number] = self._tested.rung_of(number)
        return self._rungs[number]

    def learned(self, left: Floats) -> Learned:
        """Return what the time of the day at which a share `left` (24) is to come has to say."""
        key = left.tobytes()
        if key not in self._learned:
            while len(self._learned) >= _KEPT_TIMES:
                del self._learned[next(iter(self._learned))]
            self._learned[key] = Learned(rest_of_day(self._history, self._usual, left))
        return self._learned[key]

    def _drawn(self, learned: Learned, number: int, so_far: Floats) -> list[tuple[Floats, Floats]]:
        """Return the samples and weights of each rung."""
        usual, weekdays = learned.rest.usual[:, number], self._history.weekdays
        today = learned.rest.only(number, so_far)
        moved = usual * surprise_factor(today, learned.slope[:, number : number + 1])
        order = self._history.order[:, number]
        return [
            naive_sampled(learned.naive, number),
            sampled(learned.empirical, usual, number, weekdays, order),
            sampled(learned.conditioned, moved, number, weekdays, order),
        ]


def _chosen(drawn: list[tuple[Floats, Floats]], rungs: Ints) -> tuple[Floats, Floats]:
    """Return the samples S, K, N and weights S, N of each series' own rung, of equal length."""
    most = max(weights.shape[1] for _, weights in drawn)
    series, cells = drawn[0][0].shape[:2]
    samples, weights = np.zeros((series, cells, most)), np.zeros((series, most))
    for rung, (values, heights) in enumerate(drawn, start=1):
        own = rungs == rung
        samples[own, :, : values.shape[2]] = values[own]
        weights[own, : heights.shape[1]] = heights[own]
    return samples, weights
