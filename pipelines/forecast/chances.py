"""How likely daily bands are reached, for many series and dates at one time of the day at once.

What a projection says of its last cell, without its path: the same samples, laid side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pipelines.forecast.local_hours import Bools, Floats, Ints
from pipelines.forecast.projection import Learned
from pipelines.forecast.rungs import (
    ERROR_MOST_DAYS,
    LEAST_ELAPSED_SHARE,
    LEAST_REFERENCE_DAYS,
    Forecasts,
    Rest,
    error_weights,
    naive_steps,
    noise,
    surprise_factor,
)
from pipelines.forecast.samples import reach_probability

_PLACES = 6
"""Of a share or a chance, as it leaves a projection."""


@dataclass(frozen=True, eq=False)
class Asked:
    """P days of bands, all at one time of the local day."""

    series: Ints
    numbers: Ints
    """The dates."""

    rungs: Ints
    so_far: Floats
    limits: Floats
    """Above 0."""

    def only(self, chosen: Bools) -> Asked:
        """Return some of them."""
        return Asked(
            self.series[chosen],
            self.numbers[chosen],
            self.rungs[chosen],
            self.so_far[chosen],
            self.limits[chosen],
        )


def chances(learned: Learned, asked: Asked) -> Floats:
    """Return P: the chance that a band is reached before its day ends, NaN where it is not told.

    A chance that is surely under a half may be told as 0.
    """
    found = np.full(len(asked.series), np.nan)
    told = _is_told(learned, asked)
    reached = told & (asked.so_far >= asked.limits)
    found[reached] = 1.0
    for rung in (1, 2, 3):
        open_ = told & ~reached & (asked.rungs == rung)
        if open_.any():
            found[open_] = _of_rung(learned, rung, asked.only(open_))
    return np.round(found, _PLACES)


def _is_told(learned: Learned, asked: Asked) -> Bools:
    """P: whether enough of the day is behind, and the band rests on enough of earlier days."""
    series, numbers = asked.series, asked.numbers
    behind = learned.rest.usual_so_far[series, numbers]
    whole = behind + learned.rest.usual[series, numbers, -1]
    elapsed = np.divide(behind, whole, out=np.zeros_like(whole), where=whole > 0)
    counted = _before(learned.rest.can_err)[series, numbers]
    if (is_naive := asked.rungs == 1).any():
        of_naive = _before(learned.naive.can_err)[series, numbers]
        counted = np.where(is_naive, of_naive, counted)
    told: Bools = np.round(elapsed, _PLACES) >= LEAST_ELAPSED_SHARE
    return told & (counted >= LEAST_REFERENCE_DAYS)


def _before(can_err: Bools) -> Ints:
    """Return S, D: on how many earlier dates."""
    earlier: Ints = np.cumsum(can_err, axis=1) - can_err
    return earlier


def _of_rung(learned: Learned, rung: int, asked: Asked) -> Floats:
    """Return P: the chances by one rung.

    Where every sample is under the limit the chance is under a half, and is told as 0.
    """
    middle, scale, most = _centred(learned, rung, asked)
    top = asked.so_far[:, None] + (middle + scale * most)
    could: Bools = np.maximum.accumulate(top, axis=1) >= asked.limits[:, None]
    found, chosen = np.zeros(len(middle)), could[:, -1]
    if chosen.any():
        errors, weights = _errors(learned, rung, asked.only(chosen))
        drawn = middle[chosen, :, None] + scale[chosen, :, None] * errors
        found[chosen] = _reached(drawn, weights, could[chosen], asked.only(chosen))
    return found


def _centred(learned: Learned, rung: int, asked: Asked) -> tuple[Floats, Floats, Floats]:
    """Return P, K: the forecasts, their scales, and the highest error that counts."""
    at = (asked.series, asked.numbers)
    if rung == 1:
        most = np.full(learned.naive.middle[at].shape, naive_steps()[-1])
        return learned.naive.middle[at], learned.naive.scale[at], most
    middle = learned.rest.usual[at]
    if rung == 3:
        middle = middle * _factor(learned, asked)[:, None]
    most = _highest(learned.forecasts(rung))[at]
    return middle, noise(middle, learned.rest.order[at]), most


def _highest(forecasts: Forecasts) -> Floats:
    """Return S, D, K: the highest error of the dates before each that count."""
    can_err = forecasts.can_err[:, :, None]
    highest = _led(np.where(can_err, forecasts.errors, -np.inf), -np.inf)
    width = 1
    while 2 * width <= ERROR_MOST_DAYS:
        highest = np.maximum(highest[:, width:], highest[:, :-width])
        width *= 2
    rest = ERROR_MOST_DAYS - width
    dates = forecasts.errors.shape[1]
    return np.maximum(highest[:, :dates], highest[:, rest : rest + dates])


def _factor(learned: Learned, asked: Asked) -> Floats:
    """Return P: what the rest of each day is multiplied by after what it has shown so far."""
    rest, at = learned.rest, (asked.series, asked.numbers)
    today = Rest(
        outcome=rest.outcome[at][:, None],
        usual=rest.usual[at][:, None],
        so_far=asked.so_far[:, None],
        usual_so_far=rest.usual_so_far[at][:, None],
        is_whole=rest.is_whole[at][:, None],
        order=rest.order[at][:, None],
        first=rest.first[asked.series],
    )
    return surprise_factor(today, learned.slope[at][:, None])[:, 0]


def _errors(learned: Learned, rung: int, asked: Asked) -> tuple[Floats, Floats]:
    """Return the errors P, K, N of the dates before each, and their weights P, N."""
    at = (asked.series, asked.numbers)
    if rung == 1:
        steps = naive_steps()
        return steps[None, None, :], np.ones((len(asked.series), len(steps)))
    forecasts = learned.forecasts(rung)
    errors = sliding_window_view(_led(forecasts.errors, 0.0), ERROR_MOST_DAYS, axis=1)[at]
    counts = _led(forecasts.can_err.astype(np.float64), 0.0)
    counted = sliding_window_view(counts, ERROR_MOST_DAYS, axis=1)[at]
    # Weights go by age, and by the weekday that comes again every seventh date.
    weights = error_weights(ERROR_MOST_DAYS, np.arange(ERROR_MOST_DAYS + 1) % 7)[:-1]
    return errors, weights * counted


def _led(values: Floats, by: float) -> Floats:
    """Return S, D, ... with as many dates before as errors look back."""
    before = np.full((values.shape[0], ERROR_MOST_DAYS, *values.shape[2:]), by)
    return np.concatenate([before, values], axis=1)


def _reached(drawn: Floats, weights: Floats, could: Bools, asked: Asked) -> Floats:
    """Return P: the chance by the end of the day, from the cells in which it can be a half."""
    highest = np.maximum.accumulate(asked.so_far[:, None, None] + drawn, axis=1)
    pairs, cells = np.nonzero(could)
    chance = reach_probability(highest[pairs, cells], weights[pairs], asked.limits[pairs])
    found = np.zeros(len(drawn))
    np.maximum.at(found, pairs, chance)
    return found
