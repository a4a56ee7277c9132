"""Forecasts judged on simulated partner-months: bands, skill, alerts and top-ups.

Every forecast is made as it would have been then, from earlier days alone, for each of the last
30 days of each pool. What is suppressed to a user is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from benchmarks.simulation import MONTH_DAYS, QUARTERS, Pool
from pipelines.findings.pace_alert import alert_place
from pipelines.forecast.history import History
from pipelines.forecast.ladder import FOLDS, back_test
from pipelines.forecast.projection import DayProjector
from pipelines.forecast.rungs import (
    LEAST_ELAPSED_SHARE,
    LEAST_HISTORY_DAYS,
    LEAST_REFERENCE_DAYS,
    naive,
    rest_of_day,
)
from pipelines.forecast.samples import BAND, normal_quantiles, pinball
from pipelines.forecast.seasons import seasons

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

HOURS = (3, 6, 9, 12, 15, 18, 21)
"""Clock hours at which the rest of each day is forecast for the bands."""

FIXED_SHARE = 0.8
"""Of the band: where the fixed notice that the pace alert is measured against is sent."""

NEVER = QUARTERS + 1
"""A quarter of an hour after every other of a day."""

_MONDAY = date(2026, 1, 5)
_LEVELS = np.array(BAND)
_CELLS = 24


@dataclass(frozen=True, eq=False)
class Months:
    """Pools side by side, their last days on the same date."""

    pools: list[Pool]
    quarters: Floats
    """S, D, 96: what truly flowed."""

    history: History
    """What a forecaster gets to see of it."""

    @property
    def days(self) -> range:
        """The numbers of the days of the month that is judged."""
        last = self.quarters.shape[1]
        return range(last - MONTH_DAYS, last)

    def is_shown(self, number: int) -> Bools:
        """S: whether there was enough history on a day."""
        shown: Bools = number >= self.history.first_known + LEAST_HISTORY_DAYS
        return shown

    def projector(self) -> DayProjector:
        """A forecaster that has learned from the history, and tested itself on it."""
        usual = seasons(self.history)
        last = self.quarters.shape[1]
        tested = back_test(self.history, usual, last, FOLDS + MONTH_DAYS)
        return DayProjector(self.history, usual, tested)


def months_of(pools: list[Pool]) -> Months:
    """Lay pools side by side."""
    days = max(pool.days for pool in pools)
    quarters = np.zeros((len(pools), days, QUARTERS))
    known = np.zeros((len(pools), days, 1))
    for number, pool in enumerate(pools):
        quarters[number, days - pool.days :] = pool.flows
        known[number, days - pool.days :, 0] = pool.known
    flows = quarters.reshape(len(pools), days, _CELLS, -1).sum(axis=3) * known
    hours = np.ones_like(flows)
    order = np.repeat([[pool.order] for pool in pools], days, axis=1)
    return Months(pools, quarters, History(_MONDAY, flows, known * hours, hours, order))


@dataclass(frozen=True, eq=False)
class Scores:
    """Forecasts of the end of a day, each beside what came."""

    hour: Floats
    is_sparse: Bools
    is_inside: Bools
    """Whether the outcome lay in the 80 % band."""

    loss: Floats
    """Pinball loss as a share of the pool's mean day."""

    naive_loss: Floats

    def coverage(self, chosen: Bools | None = None) -> float:
        """Share of outcomes inside the band."""
        return float((self.is_inside if chosen is None else self.is_inside[chosen]).mean())

    def skill(self, chosen: Bools | None = None) -> float:
        """By how much the loss is below that of the seasonal naive forecast."""
        losses = (self.loss, self.naive_loss)
        ours, naive = (loss if chosen is None else loss[chosen] for loss in losses)
        return 1 - float(ours.mean() / naive.mean())


def scores_of(months: Months) -> Scores:
    """Forecast the end of each day at `HOURS`, and compare."""
    parts = list(_scored(months))
    return Scores(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _scored(months: Months) -> Iterator[tuple[npt.NDArray[np.generic], ...]]:
    projector = months.projector()
    usual = seasons(months.history)
    is_sparse = np.array([pool.is_sparse for pool in months.pools])
    ends = months.quarters.sum(axis=2)
    size = ends.mean(axis=1)
    for hour in HOURS:
        left = (np.arange(_CELLS) >= hour).astype(float)
        rest = rest_of_day(months.history, usual, left)
        below = naive(rest.outcome[:, :, -1:], rest.is_whole, rest.order)
        for day in months.days:
            so_far = months.quarters[:, day, : hour * 4].sum(axis=1)
            projected = projector.project(day, left, so_far)
            shown = months.is_shown(day) & (projected.elapsed_share >= LEAST_ELAPSED_SHARE)
            shown &= projected.reference_days >= LEAST_REFERENCE_DAYS
            band, end = projected.quantiles[:, shown, -1], ends[shown, day]
            steps = normal_quantiles(_LEVELS)[:, None] * below.scale[shown, day, 0]
            plain = so_far[shown] + below.middle[shown, day, 0] + steps
            yield (
                np.full(len(end), float(hour)),
                is_sparse[shown],
                (end >= band[0]) & (end <= band[2]),
                pinball(band, end, _LEVELS) / size[shown],
                pinball(plain, end, _LEVELS) / size[shown],
            )


@dataclass(frozen=True, eq=False)
class Sent:
    """What one kind of alert came to."""

    lead_minutes: float
    """Median time from the alert to the band; 0 where it came too late."""

    false_alarms: int
    missed: int


@dataclass(frozen=True, eq=False)
class Alerts:
    """How early a limit was told of, by the rule's own alert and by fixed notices."""

    days_reached: int
    pace: Sent
    fixed: Sent
    """A notice at `FIXED_SHARE` of the band."""

    equal: Sent
    """The notice whose share of the band gives as many false alarms as the pace alert."""

    equal_share: float

    @property
    def earlier_minutes(self) -> float:
        """Against the notice that is as often false."""
        return self.pace.lead_minutes - self.equal.lead_minutes


def alerts_of(months: Months) -> Alerts:
    """Send what `limit_pace_exceeds` sends, and fixed notices, on the same days.

    The pace alert is that of the rule: its chance, its persistence, each quarter of an hour.
    """
    chance, shown = _chances(months)
    bands = np.array([pool.band for pool in months.pools])
    used = np.cumsum(months.quarters[:, list(months.days)], axis=2) / bands[:, None, None]
    at = _passed(used, 1.0)
    sent = np.full(shown.shape, NEVER)
    for row, day in np.argwhere(shown):
        place = alert_place(chance[row, day])
        sent[row, day] = NEVER if place is None else place
    pace = _sent(sent, at, shown)
    shares = np.arange(FIXED_SHARE, 1.0, 0.005)
    notices = [_sent(_passed(used, share), at, shown) for share in shares]
    nearest = int(np.argmin([abs(notice.false_alarms - pace.false_alarms) for notice in notices]))
    reached = int((shown & (at <= QUARTERS)).sum())
    return Alerts(reached, pace, notices[0], notices[nearest], float(shares[nearest]))


def _passed(used: Floats, share: float) -> Places:
    """Return after how many quarters of each day `used` first was a share of the band."""
    passed = np.maximum.accumulate(used, axis=2) >= share
    places: Places = np.where(passed[:, :, -1], passed.argmax(axis=2) + 1, NEVER)
    return places


def _sent(sent: Places, at: Places, shown: Bools) -> Sent:
    crossed = shown & (at <= QUARTERS)
    lead = np.maximum(at - sent, 0)[crossed] * 15.0
    false = int((shown & ~crossed & (sent <= QUARTERS)).sum())
    return Sent(float(np.median(lead)), false, int((lead <= 0).sum()))


def _chances(months: Months) -> tuple[Floats, Bools]:
    """Return S, days, quarters: the chance of reaching the band, NaN where none is shown.

    And S, days: whether anything is.
    """
    projector = months.projector()
    bands = np.array([pool.band for pool in months.pools])
    chance = np.full((len(bands), MONTH_DAYS, QUARTERS), np.nan)
    shown = np.stack([months.is_shown(day) for day in months.days], axis=1)
    for place in range(QUARTERS):
        left = np.clip(np.arange(1, _CELLS + 1) - place / 4, 0, 1)
        for row, day in enumerate(months.days):
            so_far = months.quarters[:, day, :place].sum(axis=1)
            projected = projector.project(day, left, so_far)
            is_shown = shown[:, row] & (projected.elapsed_share >= LEAST_ELAPSED_SHARE)
            is_shown &= projected.reference_days >= LEAST_REFERENCE_DAYS
            chance[is_shown, row, place] = projected.reach(bands)[is_shown, -1]
    return chance, shown
