"""What is usual: the expected flow of each hour of the week, as of the start of each date.

The expectation of a date uses earlier dates alone, so one pass over a history gives every forecast
that would have been made on the way: what is needed for today, for residuals and for a back-test.

A profile by weekday and clock hour is a recency-weighted mean, drawn towards the weekday's share
of the all-days profile where few such weekdays are known. A level, with a shorter memory, scales
it: what the last days came to, over what was expected of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipelines.forecast.history import History
from pipelines.forecast.local_hours import Floats

SHAPE_HALF_LIFE_DAYS = 28.0
LEVEL_HALF_LIFE_DAYS = 5.0
_LEVEL_PRIOR_DAYS = 2.0
_WEEKDAY_PRIOR_DAYS = 0.7
_HOUR_PRIOR_DAYS = 1.5
_MOST_TIMES_EXPECTED = 3.0
_WEEK = 7


@dataclass(frozen=True, eq=False)
class Seasons:
    """The usual flow of S series, as seen from the start of each of D dates."""

    rates: Floats
    """S, D, 7, 24: flow an hour on each weekday and clock hour, before the level."""

    level: Floats
    """S, D: by how much the last days were above (1.1) or below (0.9) the profile."""

    expected: Floats
    """S, D, 24: the flow expected in each cell of the date itself."""

    def only(self, series: int) -> Seasons:
        """Return those of one series."""
        here = slice(series, series + 1)
        return Seasons(self.rates[here], self.level[here], self.expected[here])

    def since(self, number: int) -> Seasons:
        """Return the same from date `number` on."""
        return Seasons(self.rates[:, number:], self.level[:, number:], self.expected[:, number:])


@lru_cache(maxsize=32)
def decay(dates: int, half_life_days: float, *, most_days: int | None = None) -> Floats:
    """Return D, D: the weight of date j as seen from date d; 0 unless j is earlier than d."""
    age = np.arange(dates)[:, None] - np.arange(dates)[None, :]
    weights = np.where(age > 0, 0.5 ** ((age - 1) / half_life_days), 0.0)
    kept = weights if most_days is None else np.where(age <= most_days, weights, 0.0)
    kept.flags.writeable = False
    return kept


def remembered(values: Floats, half_life_days: float, *, most_days: int | None = None) -> Floats:
    """Return the sums of S, D, ... over earlier dates, each weighted as `decay` weights it.

    One running sum instead of a product with D x D weights: a date's part grows by what a day
    forgets, and the whole shrinks by it again.
    """
    dates = values.shape[1]
    kept = 0.5 ** (np.arange(dates) / half_life_days)
    kept = kept.reshape(1, dates, *[1] * (values.ndim - 2))
    running = np.cumsum(values / kept, axis=1) * kept
    sums = np.zeros(values.shape)
    sums[:, 1:] = running[:, :-1]
    if most_days is not None and dates > most_days:
        sums[:, most_days:] -= 0.5 ** (most_days / half_life_days) * sums[:, :-most_days].copy()
    return sums


def seasons(history: History) -> Seasons:
    """Return what is usual in `history`, as seen from each of its dates."""
    rates = _rates(history.flows, history)
    usual = _of_own_weekday(rates, history)
    flows = _without_spikes(history, usual)
    rates = _rates(flows, history)
    usual = _of_own_weekday(rates, history)
    level = _level(flows, usual, history)
    return Seasons(rates, level, level[:, :, None] * usual * history.hours)


def _rates(flows: Floats, history: History) -> Floats:
    """Return S, D, 7, 24: flow an hour by weekday and clock hour as seen from each date."""
    series, dates, cells = flows.shape
    flowed = np.empty((series, dates, _WEEK, cells))
    hours = np.empty_like(flowed)
    for weekday in range(_WEEK):
        chosen = (history.weekdays == weekday)[None, :, None]
        flowed[:, :, weekday] = remembered(flows * chosen, SHAPE_HALF_LIFE_DAYS)
        hours[:, :, weekday] = remembered(history.known * chosen, SHAPE_HALF_LIFE_DAYS)
    all_days = _over(flowed.sum(axis=2), hours.sum(axis=2))
    usual_of_day = (all_days[:, :, None] * hours).sum(axis=3)
    whole_day = all_days.sum(axis=2)[:, :, None] * _WEEKDAY_PRIOR_DAYS
    of_weekday = _over(flowed.sum(axis=3) + whole_day, usual_of_day + whole_day)
    prior = of_weekday[:, :, :, None] * all_days[:, :, None]
    return (flowed + _HOUR_PRIOR_DAYS * prior) / (hours + _HOUR_PRIOR_DAYS)


def _of_own_weekday(rates: Floats, history: History) -> Floats:
    dates = np.arange(rates.shape[1])
    own: Floats = rates[:, dates, history.weekdays]
    return own


def _without_spikes(history: History, usual: Floats) -> Floats:
    """Return the flows with each date scaled to at most three times what was usual then."""
    total = history.flows.sum(axis=2)
    most = _MOST_TIMES_EXPECTED * (usual * history.known).sum(axis=2)
    order = 3.0 * history.order
    scale = np.where(total > np.maximum(most, order), _over(np.maximum(most, order), total), 1.0)
    return np.where(most[:, :, None] > 0, history.flows * scale[:, :, None], history.flows)


def _level(flows: Floats, usual: Floats, history: History) -> Floats:
    expected = (usual * history.known).sum(axis=2)
    compared = expected > 0
    total = np.where(compared, flows.sum(axis=2), 0.0)
    days = remembered(compared.astype(np.float64), SHAPE_HALF_LIFE_DAYS)
    prior = _LEVEL_PRIOR_DAYS * _over(remembered(expected, SHAPE_HALF_LIFE_DAYS), days)
    lately, usually = (remembered(one, LEVEL_HALF_LIFE_DAYS) for one in (total, expected))
    level = _over(lately + prior, usually + prior)
    return np.where(level > 0, level, 1.0)


def _over(top: Floats, bottom: Floats) -> Floats:
    """Return the ratio, 0 where there is nothing to divide by."""
    divided: Floats = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
    return divided
