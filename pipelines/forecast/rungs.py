"""The three rungs of the forecast, as samples of what flows from a time of the day on.

1. Seasonal naive: what flowed a week before, and a normal band of the seasonal differences.
2. Empirical: what is usual at that hour of the week at the level of the last days, and the scaled
   errors that such forecasts have made on earlier dates, the recent ones weighing more.
3. Conditioned: rung 2, moved by what the day itself has shown so far, as far as that has helped.

An error is a whole path, from the same time of an earlier day to its end, so that hours which
move together stay together and cumulative amounts are never sums of quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pipelines.forecast.history import History, covered
from pipelines.forecast.local_hours import Bools, Floats, Ints
from pipelines.forecast.samples import normal_quantiles
from pipelines.forecast.seasons import Seasons, remembered

ERROR_HALF_LIFE_DAYS = 28.0
ERROR_MOST_DAYS = 84
FIRST_ERROR_DAYS = 7
"""Known days before the first forecast that can be judged."""

LEAST_REFERENCE_DAYS = 4
"""Errors, or differences, that a band must rest on at least."""

LEAST_ELAPSED_SHARE = 0.15
"""Of such a day, that must normally be behind before its end is projected."""

LEAST_HISTORY_DAYS = 14
"""Whole days before the first forecast that is shown, or counted in a back-test."""

_ORDERS_OF_NOISE = 3.0
_RIDGE = 0.35
_LEAST_FACTOR, _MOST_FACTOR = 0.1, 10.0
_NAIVE_WEEKS = 4
_NORMAL_STEPS = 99


@dataclass(frozen=True, eq=False)
class Rest:
    """What was left of each date from one time of the day on; K cells remain."""

    outcome: Floats
    """S, D, K: what flowed from then to the end of each cell."""

    usual: Floats
    """S, D, K: the same as rung 2 expected it."""

    so_far: Floats
    """S, D: what had flowed by then."""

    usual_so_far: Floats
    is_whole: Bools
    """S, D: whether the whole date is known."""

    order: Floats
    first: Ints
    """S: the number of the first known date."""

    def only(self, number: int, so_far: Floats) -> Rest:
        """Return date `number` alone, with `so_far` (S) in the place of what history says."""
        here = slice(number, number + 1)
        return Rest(
            self.outcome[:, here],
            self.usual[:, here],
            so_far[:, None],
            self.usual_so_far[:, here],
            self.is_whole[:, here],
            self.order[:, here],
            self.first,
        )

    @property
    def can_err(self) -> Bools:
        """S, D: whether a forecast of that date can be judged."""
        dates = np.arange(self.so_far.shape[1])
        begun = dates[None, :] >= self.first[:, None] + FIRST_ERROR_DAYS
        return self.is_whole & begun & (self.order > 0)


@dataclass(frozen=True, eq=False)
class Forecasts:
    """One rung's forecast of each date, and the errors it made."""

    middle: Floats
    """S, D, K."""

    scale: Floats
    """S, D, K: what an error is a multiple of."""

    errors: Floats
    """S, D, K: outcome less `middle`, over `scale`."""

    can_err: Bools
    """S, D."""


def rest_of_day(history: History, usual: Seasons, left: Floats) -> Rest:
    """Return what remained of each date when a share `left` (24) of each cell was to come."""
    cells = np.nonzero(left > 0)[0]
    cells = cells if len(cells) else np.array([left.size - 1])
    share = left[cells]
    return Rest(
        outcome=np.cumsum(history.flows[:, :, cells] * share, axis=2),
        usual=np.cumsum(usual.expected[:, :, cells] * share, axis=2),
        so_far=history.flows @ (1 - left),
        usual_so_far=usual.expected @ (1 - left),
        is_whole=covered(history),
        order=history.order,
        first=history.first_known,
    )


def naive(outcome: Floats, is_whole: Bools, order: Floats) -> Forecasts:
    """Return rung 1 of outcomes S, D, K: the last whole date of the same weekday, as it was."""
    middle, found = np.zeros_like(outcome), np.zeros_like(is_whole)
    lag = np.ones(is_whole.shape)
    for week in range(1, _NAIVE_WEEKS + 1):
        days = 7 * week
        if days >= outcome.shape[1]:
            break
        fresh = ~found[:, days:] & is_whole[:, :-days]
        middle[:, days:] = np.where(fresh[:, :, None], outcome[:, :-days], middle[:, days:])
        lag[:, days:] = np.where(fresh, week, lag[:, days:])
        found[:, days:] |= fresh
    can_err = is_whole & found
    errors = np.where(can_err[:, :, None], outcome - middle, 0.0)
    judged = _lately(can_err.astype(np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = _lately(errors**2) / judged[:, :, None]
    # The error of a forecast k + 1 weeks ahead grows by the root of k + 1.
    scale = np.sqrt(np.maximum(np.nan_to_num(variance), 0.0) * lag[:, :, None])
    return Forecasts(middle, np.maximum(scale, 1e-9 * order[:, :, None]), errors, can_err)


def empirical(rest: Rest) -> Forecasts:
    """Return rung 2 of each date."""
    scale = noise(rest.usual, rest.order)
    errors = (rest.outcome - rest.usual) / scale
    return Forecasts(rest.usual, scale, errors, rest.can_err)


def conditioned(rest: Rest, slope: Floats) -> Forecasts:
    """Return rung 3 of each date; `slope` is that of `surprise_slope`."""
    middle = rest.usual * surprise_factor(rest, slope)[:, :, None]
    scale = noise(middle, rest.order)
    return Forecasts(middle, scale, (rest.outcome - middle) / scale, rest.can_err)


def surprise_slope(rest: Rest) -> Floats:
    """Return S, D: how much of a surprise so far has gone on in the rest of the days before.

    A ridge regression of the errors of the rest on those so far, each over its scale; 0 to 2.
    """
    told = np.where(rest.can_err, _surprise(rest), 0.0)
    last = rest.usual[:, :, -1]
    missed = np.where(rest.can_err, (rest.outcome[:, :, -1] - last) / noise(last, rest.order), 0.0)
    days = _lately(rest.can_err.astype(np.float64))
    spread = _lately(told**2) + _RIDGE * np.maximum(days, 0.0) + 1e-9
    slope: Floats = np.clip(_lately(told * missed) / spread, 0.0, 2.0)
    return slope


def _lately(values: Floats) -> Floats:
    """Return sums over the dates whose errors count, weighted as those errors are."""
    return remembered(values, ERROR_HALF_LIFE_DAYS, most_days=ERROR_MOST_DAYS)


def surprise_factor(rest: Rest, slope: Floats) -> Floats:
    """Return S, D: what the rest of a day is multiplied by after what it has shown so far."""
    last = rest.usual[:, :, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = 1 + slope * _surprise(rest) * noise(last, rest.order) / last
    factor = np.nan_to_num(factor, nan=1.0, posinf=1.0, neginf=1.0)
    bounded: Floats = np.clip(factor, _LEAST_FACTOR, _MOST_FACTOR)
    return bounded


def _surprise(rest: Rest) -> Floats:
    return (rest.so_far - rest.usual_so_far) / noise(rest.usual_so_far, rest.order)


def noise(amount: Floats, order: Floats) -> Floats:
    """Return the scale of errors of an expected amount: sqrt(F^2 + 3 c F), c the mean order.

    The first part is a level that is off, the second the noise of few orders (a compound Poisson
    sum has the variance F E[x^2] / E[x], and orders spread about as much as their mean).
    """
    positive = np.maximum(amount, 0.0)
    of_orders = _ORDERS_OF_NOISE * order.reshape(order.shape + (1,) * (amount.ndim - order.ndim))
    return np.sqrt(positive**2 + of_orders * positive + (0.1 * of_orders) ** 2) + 1e-12


def sampled(
    forecasts: Forecasts, middle: Floats, number: int, weekdays: Ints, order: Floats
) -> tuple[Floats, Floats]:
    """Return S, K, N samples of what is to come on date `number`, and their S, N weights.

    `middle` is the forecast of that date, S, K; the errors are those of the dates before.
    """
    first = max(number - ERROR_MOST_DAYS, 0)
    weights = error_weights(number, weekdays)[first:number] * forecasts.can_err[:, first:number]
    errors = forecasts.errors[:, first:number].transpose(0, 2, 1)
    return middle[:, :, None] + noise(middle, order)[:, :, None] * errors, weights


def naive_sampled(forecasts: Forecasts, number: int) -> tuple[Floats, Floats]:
    """Return the same of rung 1: evenly likely steps of its normal band."""
    steps = naive_steps()
    samples = forecasts.middle[:, number, :, None] + forecasts.scale[:, number, :, None] * steps
    return samples, np.ones((len(samples), len(steps)))


@cache
def naive_steps() -> Floats:
    """Return the evenly likely steps of a standard normal band."""
    steps = normal_quantiles((np.arange(_NORMAL_STEPS) + 0.5) / _NORMAL_STEPS)
    steps.flags.writeable = False
    return steps


def error_weights(number: int, weekdays: Ints) -> Floats:
    """Return D: how much an earlier date's error weighs for date `number`; its weekday twice."""
    age = number - np.arange(len(weekdays))
    weights = np.where(
        (age > 0) & (age <= ERROR_MOST_DAYS), 0.5 ** (age / ERROR_HALF_LIFE_DAYS), 0.0
    )
    return weights * np.where(weekdays == weekdays[number], 2.0, 1.0)
