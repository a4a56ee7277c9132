"""What will be taken from a balance in the hours to come: paths, as earlier days would go on.

Days begin at the clock hour of now, so the newest one has just ended. A path is the expected
demand of the coming hours plus the scaled errors that the same forecast made from one earlier day
on, over the whole horizon: its cumulative amounts are those of one stretch of real time, and their
quantiles are never added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.forecast.history import History, covered
from pipelines.forecast.ladder import FOLDS, BackTest, back_test, merged
from pipelines.forecast.local_hours import CELLS, Bools, Floats, Ints
from pipelines.forecast.rungs import (
    ERROR_MOST_DAYS,
    FIRST_ERROR_DAYS,
    LEAST_REFERENCE_DAYS,
    error_weights,
    noise,
)
from pipelines.forecast.samples import normal_quantiles, quantiles
from pipelines.forecast.seasons import Seasons, seasons

HORIZON_DAYS = 14
LEAST_HORIZON_DAYS = 3
LEAST_PATHS = 7
TEST_HOURS = (0, 6, 12, 18)
"""Clock hours at which the back-test forecasts the 24 hours to come."""

_WEEK = 7
_NAIVE_DAYS = 14
_KNOWN_SHARE = 0.9
_STEPS = 99


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
    first = max(number - ERROR_MOST_DAYS - _NAIVE_DAYS, 0)
    known = history.first_known[:, None] - first
    history, number = history.since(first), number - first
    hourly = _expected(history, usual.since(first), days)
    share = np.ones(days * CELLS)
    share[0] = 1.0 - passed
    lived = np.cumsum(_ahead(history.flows, days) * share, axis=2)
    dates = np.arange(lived.shape[1])
    ended = _ended(covered(history), days, number)
    order = history.order[:, : len(dates)]
    can_err = ended & ((dates >= known + FIRST_ERROR_DAYS) & (order > 0))[:, None]
    judged = ended & (dates >= known + _NAIVE_DAYS)[:, None]
    middle = np.cumsum(hourly * share, axis=2)
    scale = noise(middle, order)
    errors = ((lived - middle) / scale).transpose(0, 2, 1)
    drawn = middle[:, number, :, None] + scale[:, number, :, None] * errors
    recent = error_weights(number, history.weekdays)[: len(dates)]
    naive = _naive(history, number, days, share, lived, recent * judged)
    # Where too little was lived through to know how far last week is off, the errors of rung 2 do.
    is_naive = (rungs == 1) & (judged[:, -1].sum(axis=1) >= LEAST_REFERENCE_DAYS)
    heights = np.repeat(recent * can_err, CELLS, axis=1)
    most, chosen = drawn.shape[2], is_naive[:, None, None]
    return Demand(
        paths=np.where(chosen, _padded(naive[0], most), drawn),
        weights=np.where(chosen, _padded(naive[1], most), heights),
        hourly=np.where(is_naive[:, None], naive[2], hourly[:, number]) * share,
        references=np.where(is_naive, judged[:, -1].sum(axis=1), can_err[:, -1].sum(axis=1)),
    )


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


def _ended(whole: Bools, days: int, number: int) -> Bools:
    """Return S, days, D': whether so many days from a date on are over, and mostly known."""
    dates = whole.shape[1] - days + 1
    ahead = np.stack([whole[:, day : day + dates] for day in range(days)], axis=1)
    lengths = np.arange(1, days + 1)[None, :, None]
    is_over = np.arange(dates)[None, None, :] <= number - lengths
    ended: Bools = (np.cumsum(ahead, axis=1) >= _KNOWN_SHARE * lengths) & is_over
    return ended


def _naive(
    history: History, number: int, days: int, share: Floats, lived: Floats, weights: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return rung 1: paths S, K, N, weights S, K, N and hours S, K; last week over and over.

    Its band is that of the differences, over the same stretch, of earlier such forecasts: what
    the root of k + 1 weeks stands for, measured. `weights` are S, days, D'.
    """
    dates = np.arange(lived.shape[1])
    repeated = np.zeros_like(lived)
    for day in range(days):
        cells = slice(day * CELLS, (day + 1) * CELLS)
        source = dates + day - _WEEK * (1 + day // _WEEK)
        repeated[:, :, cells] = history.flows[:, np.maximum(source, 0)]
    forecast = np.cumsum(repeated * share, axis=2)
    squares = ((lived - forecast) ** 2).reshape(*lived.shape[:2], days, CELLS)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.einsum("smd,sdmk->smk", weights, squares) / weights.sum(axis=2)[:, :, None]
    spread = np.sqrt(np.nan_to_num(variance)).reshape(len(lived), -1)
    steps = normal_quantiles((np.arange(_STEPS) + 0.5) / _STEPS)
    paths = forecast[:, number, :, None] + spread[:, :, None] * steps
    return paths, np.ones_like(paths), repeated[:, number]


def _padded(values: Floats, length: int) -> Floats:
    """Return values with their last axis cut or filled with zeros to a length."""
    kept = values[..., :length]
    missing = [(0, 0)] * (values.ndim - 1) + [(0, length - kept.shape[-1])]
    return np.pad(kept, missing)
