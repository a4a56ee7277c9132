"""Which rung is used, and how true it was: a rolling back-test on the partner's own days.

Each date is forecast at a few times of its day from earlier dates alone, by every rung, and
scored by pinball loss at the 10 %, 50 % and 90 % quantiles. A rung is used on a date where its
losses of the dates before were lower than those of the rung below, and never on less than
`LEAST_FOLDS` of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.forecast.history import History
from pipelines.forecast.local_hours import CELLS, Bools, Floats, Ints
from pipelines.forecast.rungs import (
    ERROR_HALF_LIFE_DAYS,
    ERROR_MOST_DAYS,
    LEAST_ELAPSED_SHARE,
    LEAST_HISTORY_DAYS,
    Forecasts,
    Rest,
    conditioned,
    empirical,
    naive,
    rest_of_day,
    surprise_slope,
)
from pipelines.forecast.samples import BAND, normal_quantiles, ordered_quantiles, pinball
from pipelines.forecast.seasons import Seasons, decay

ORIGINS = (6, 10, 14, 18)
"""Clock hours at which the back-test forecasts the rest of the day."""

LEAST_FOLDS = 7
FOLDS = 42
"""Dates that are scored at most, the newest ones."""

_LEVELS = np.array(BAND)


@dataclass(frozen=True, eq=False)
class BackTest:
    """Forecasts of R rungs for S series on F dates at O times of the day, and what happened."""

    numbers: Ints
    """F: the dates scored, ascending."""

    quantiles: Floats
    """3, R, S, F, O: at 10 %, 50 % and 90 %."""

    outcome: Floats
    """S, F, O."""

    scored: Bools
    """S, F, O: whether every rung could be judged, and something would have been shown."""

    @cached_property
    def losses(self) -> Floats:
        """R, S, F, O: pinball loss."""
        return pinball(
            self.quantiles, np.broadcast_to(self.outcome, self.quantiles.shape[1:]), _LEVELS
        )

    def rung_of(self, number: int) -> Ints:
        """Return S: the rung, from 1, in use on date `number` by the `FOLDS` dates before it."""
        before = (self.numbers < number) & (self.numbers >= number - FOLDS)
        counted = (self.scored & before[:, None]).astype(np.float64)
        losses = (self.losses * counted).sum(axis=(2, 3))
        return chosen_rung(losses, counted.any(axis=2).sum(axis=1).astype(np.float64))

    def rungs(self) -> Ints:
        """Return S, F: the rung in use on each date scored."""
        return np.stack([self.rung_of(int(number)) for number in self.numbers], axis=1)


def chosen_rung(losses: Floats, folds: Floats) -> Ints:
    """Return S: the highest rung that beats the one below, step by step; `losses` are R, S."""
    chosen = np.ones(losses.shape[1], dtype=np.int64)
    for rung in range(1, len(losses)):
        climbs = (chosen == rung) & (losses[rung] < losses[rung - 1]) & (folds >= LEAST_FOLDS)
        chosen[climbs] = rung + 1
    return chosen


def back_test(
    history: History,
    usual: Seasons,
    last: int,
    folds: int = FOLDS,
    *,
    origins: Sequence[int] = ORIGINS,
) -> BackTest:
    """Return the back-test over the `folds` dates before date `last`, from these hours on."""
    numbers = np.arange(max(last - folds, 1), last)
    tested = [_at(history, usual, hour, numbers) for hour in origins]
    return BackTest(
        numbers,
        np.stack([quantiles for quantiles, _, _ in tested], axis=-1),
        np.stack([outcome for _, outcome, _ in tested], axis=-1),
        np.stack([scored for _, _, scored in tested], axis=-1),
    )


def merged(tests: Sequence[BackTest]) -> BackTest:
    """Return back-tests of the same dates as one."""
    return BackTest(
        tests[0].numbers,
        np.concatenate([test.quantiles for test in tests], axis=-1),
        np.concatenate([test.outcome for test in tests], axis=-1),
        np.concatenate([test.scored for test in tests], axis=-1),
    )


def _at(history: History, usual: Seasons, hour: int, numbers: Ints) -> tuple[Floats, Floats, Bools]:
    left = (np.arange(CELLS) >= hour).astype(np.float64)
    rest = _to_the_end(rest_of_day(history, usual, left))
    below = naive(rest.outcome, rest.is_whole, rest.order)
    above = [empirical(rest), conditioned(rest, surprise_slope(rest))]
    steps = normal_quantiles(_LEVELS)[:, None, None]
    lowest = below.middle[None, :, numbers, 0] + steps * below.scale[None, :, numbers, 0]
    higher = [error_quantiles(rung, numbers, history.weekdays) for rung in above]
    scored = below.can_err[:, numbers] & rest.can_err[:, numbers]
    scored &= numbers[None, :] >= rest.first[:, None] + LEAST_HISTORY_DAYS
    scored &= (below.scale[:, numbers, 0] > 0) & np.isfinite(higher[0][0])
    if hour > 0:
        usual_day = rest.usual_so_far[:, numbers] + rest.usual[:, numbers, 0]
        scored &= rest.usual_so_far[:, numbers] >= LEAST_ELAPSED_SHARE * usual_day
    found = np.nan_to_num(np.stack([lowest, *higher], axis=1))
    return found, rest.outcome[:, numbers, 0], scored


def _to_the_end(rest: Rest) -> Rest:
    return Rest(
        rest.outcome[:, :, -1:],
        rest.usual[:, :, -1:],
        rest.so_far,
        rest.usual_so_far,
        rest.is_whole,
        rest.order,
        rest.first,
    )


def error_quantiles(forecasts: Forecasts, numbers: Ints, weekdays: Ints) -> Floats:
    """Return 3, S, F: quantiles of each date by the errors before it; K is 1."""
    first = max(int(numbers[0]) - ERROR_MOST_DAYS, 0)
    stop = int(numbers[-1])
    errors = forecasts.errors[:, first:stop, 0]
    weights = decay(stop + 1, ERROR_HALF_LIFE_DAYS, most_days=ERROR_MOST_DAYS)
    weights = weights[numbers][:, first:stop]
    weights = weights * np.where(weekdays[numbers][:, None] == weekdays[None, first:stop], 2.0, 1.0)
    order = np.argsort(errors, axis=1, kind="stable")
    ordered = np.take_along_axis(errors, order, axis=1)[:, None, :]
    counted = weights[None] * forecasts.can_err[:, None, first:stop]
    counted = np.take_along_axis(counted, np.broadcast_to(order[:, None], counted.shape), axis=2)
    steps = ordered_quantiles(ordered, counted, _LEVELS)
    return forecasts.middle[:, numbers, 0] + forecasts.scale[:, numbers, 0] * steps
