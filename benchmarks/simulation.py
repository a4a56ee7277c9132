"""Partners that never were: order flow with a known truth, for judging forecasts.

Written from what payment flows look like, without a look at the forecaster: a daily shape with
one or two humps, weekdays, a trend, a wandering level, shifts, holidays, campaigns, bursts,
outages, orders of many sizes, and pools of anything from a few orders a day to thousands. Nothing
here is fitted to what the forecaster does well. A partner-month is the last 30 days of one pool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

QUARTERS = 96
MONTH_DAYS = 30
FIRST_WEEKDAY = 0
_SPARSE_ORDERS_A_DAY = 20.0


@dataclass(frozen=True, eq=False)
class Pool:
    """One pool's life: what flowed in each quarter of an hour, and the band it had."""

    flows: Floats
    """Days, 96: net use of the band."""

    known: npt.NDArray[np.bool_]
    """Days: False where the partner's feed was down and nothing was recorded."""

    band: float
    order: float
    """Mean amount of an order."""

    orders_a_day: float

    @property
    def days(self) -> int:
        return len(self.flows)

    @property
    def is_sparse(self) -> bool:
        return self.orders_a_day < _SPARSE_ORDERS_A_DAY


def pools(count: int, seed: int) -> list[Pool]:
    """Return `count` pools; the same seed gives the same pools."""
    return [_pool(np.random.default_rng([seed, number])) for number in range(count)]


def _pool(rng: np.random.Generator) -> Pool:
    days = MONTH_DAYS + int(rng.integers(21, 120))
    orders_a_day = float(np.exp(rng.uniform(np.log(3), np.log(1500))))
    shares = _shape(rng, days) * _levels(rng, days)[:, None]
    shares *= _bursts(rng, days)
    shares[_outages(rng, days)] = 0.0
    counts = rng.poisson(orders_a_day * shares / shares.sum() * days)
    order = float(np.exp(rng.uniform(np.log(20), np.log(2000))))
    flows = _amounts(rng, counts, order)
    flows = _with_failures(rng, flows)
    totals = flows[:-MONTH_DAYS].sum(axis=1)
    band = float(np.quantile(totals, rng.uniform(0.75, 0.97)) * rng.uniform(1.0, 1.25))
    known = rng.random(days) > (0.02 if rng.random() < 0.3 else 0.0)
    return Pool(flows, known, band, flows.sum() / max(counts.sum(), 1), orders_a_day)


def _shape(rng: np.random.Generator, days: int) -> Floats:
    """The share of each quarter of an hour of a day, by weekday; working days may differ."""
    clock = (np.arange(QUARTERS) + 0.5) / 4
    kinds = []
    for _ in range(2):
        weight = np.full(QUARTERS, rng.uniform(0.02, 0.4))
        for _ in range(int(rng.integers(1, 3))):
            away = np.abs(clock - rng.uniform(7, 22))
            away = np.minimum(away, 24 - away)
            weight += rng.uniform(0.4, 1.0) * np.exp(-((away / rng.uniform(1.0, 4.0)) ** 2) / 2)
        kinds.append(weight / weight.sum())
    working, resting = kinds if rng.random() < 0.5 else (kinds[0], kinds[0])
    weekday = (np.arange(days) + FIRST_WEEKDAY) % 7
    factors = np.exp(rng.normal(0, 0.12, 7))
    factors[5:] *= np.exp(rng.uniform(np.log(0.15), np.log(1.4)))
    shape: Floats = np.where((weekday >= 5)[:, None], resting, working) * factors[weekday][:, None]
    return shape


def _levels(rng: np.random.Generator, days: int) -> Floats:
    """A level for each day: trend, wandering, a shift, holidays."""
    trend = rng.normal(0, 0.004) * np.arange(days)
    spread, memory = rng.uniform(0.03, 0.25), rng.uniform(0.2, 0.95)
    wander = np.zeros(days)
    for day in range(1, days):
        wander[day] = memory * wander[day - 1] + spread * np.sqrt(1 - memory**2) * rng.normal()
    level = np.exp(trend + wander)
    if rng.random() < 0.35:
        level[int(rng.integers(10, days)) :] *= np.exp(rng.choice([-1, 1]) * rng.uniform(0.2, 0.8))
    for day in rng.integers(0, days, rng.poisson(days / 60)):
        level[day] *= rng.uniform(0.1, 0.5)
    if rng.random() < 0.3:  # pay day
        level[np.arange(days) % 30 == int(rng.integers(0, 30))] *= rng.uniform(1.3, 2.5)
    return level


def _bursts(rng: np.random.Generator, days: int) -> Floats:
    """Factors of each quarter of an hour: unrest that lasts some hours, and campaigns."""
    spread, memory = rng.uniform(0.05, 0.5), rng.uniform(0.7, 0.97)
    unrest = np.zeros(days * QUARTERS)
    shocks = rng.normal(size=len(unrest)) * spread * np.sqrt(1 - memory**2)
    for at in range(1, len(unrest)):
        unrest[at] = memory * unrest[at - 1] + shocks[at]
    factors = np.exp(unrest)
    for start in rng.integers(0, len(unrest), rng.poisson(days / 25)):
        factors[start : start + int(rng.integers(4, 24))] *= rng.uniform(2, 6)
    return factors.reshape(days, QUARTERS)


def _outages(rng: np.random.Generator, days: int) -> npt.NDArray[np.bool_]:
    down = np.zeros(days * QUARTERS, dtype=bool)
    for start in rng.integers(0, len(down), rng.poisson(days / 40)):
        down[start : start + int(rng.integers(1, 20))] = True
    return down.reshape(days, QUARTERS)


def _amounts(rng: np.random.Generator, counts: npt.NDArray[np.int64], order: float) -> Floats:
    """Sums of `counts` orders: log-normal sizes, or a heavy tail cut at a largest order."""
    total = int(counts.sum())
    if rng.random() < 0.6:
        spread = rng.uniform(0.4, 1.4)
        sizes = order * np.exp(rng.normal(-(spread**2) / 2, spread, total))
    else:
        sizes = order * (rng.pareto(rng.uniform(1.6, 3.0), total) + 0.2)
    sizes = np.minimum(sizes, order * rng.uniform(8, 60))
    where = np.repeat(np.arange(counts.size), counts.ravel())
    return np.bincount(where, weights=sizes, minlength=counts.size).reshape(counts.shape)


def _with_failures(rng: np.random.Generator, flows: Floats) -> Floats:
    """Some of what was used is given back up to an hour later the same day."""
    share = rng.uniform(0, 0.08) * rng.random(flows.shape)
    back = np.roll(flows * share, int(rng.integers(1, 4)), axis=1)
    back[:, :4] = 0.0
    return flows - back
