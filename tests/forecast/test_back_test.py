"""The ladder on simulated partners: calibrated, better than naive, blind to what comes later.

Goal: 80 % bands hold about 80 % of what comes and lose less than the seasonal naive forecast, a
rung is climbed only where it helps, and no forecast changes with later days. Method: a small
version of the benchmark, with a fixed seed; series made so that one rung must win.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np

from benchmarks.forecasting import HOURS, Months, Scores, alerts_of, months_of, scores_of
from benchmarks.simulation import pools
from pipelines.forecast.history import History
from pipelines.forecast.ladder import back_test, chosen_rung
from pipelines.forecast.projection import DayProjector
from pipelines.forecast.seasons import seasons

MONDAY = date(2026, 1, 5)


@cache
def months() -> Months:
    return months_of(pools(24, seed=3))


@cache
def scores() -> Scores:
    return scores_of(months())


def test_bands_hold_what_they_promise() -> None:
    assert 0.75 <= scores().coverage() <= 0.85
    for hour in HOURS[2:]:
        assert 0.70 <= scores().coverage(scores().hour == hour) <= 0.90
    for is_sparse in (False, True):
        assert 0.72 <= scores().coverage(scores().is_sparse == is_sparse) <= 0.88


def test_the_ladder_loses_clearly_less_than_the_naive_forecast() -> None:
    assert scores().skill() > 0.1


def test_the_pace_alert_comes_earlier_at_no_more_false_alarms() -> None:
    alerts = alerts_of(months_of(pools(8, seed=4)))
    assert alerts.pace.false_alarms <= alerts.fixed.false_alarms
    assert alerts.earlier_minutes >= 60


def test_later_days_change_no_forecast() -> None:
    history = months().history
    number = months().days.start
    left = (np.arange(24) >= 11).astype(float)
    so_far = history.flows[:, number, :11].sum(axis=1)

    def projected(seen: History) -> tuple[np.ndarray, np.ndarray]:
        usual = seasons(seen)
        found = DayProjector(seen, usual, back_test(seen, usual, number))
        one = found.project(number, left, so_far)
        return one.quantiles, one.rungs

    changed = History(
        history.first,
        np.where(np.arange(history.flows.shape[1])[None, :, None] < number, history.flows, 1e9),
        history.known,
        history.hours,
        history.order,
    )
    for before, after in zip(projected(history), projected(changed), strict=True):
        np.testing.assert_array_equal(before, after)


def series(flows: np.ndarray) -> History:
    ones = np.ones_like(flows)
    return History(MONDAY, flows, ones, ones, np.full(flows.shape[:2], 10.0))


def test_a_week_that_repeats_itself_exactly_stays_with_the_naive_forecast() -> None:
    week = np.random.default_rng(5).random((1, 7, 24)) * 100
    growing = np.tile(week, (1, 10, 1)) * np.repeat([1.0, 5.0], 35)[None, :, None]
    flat = np.tile(week, (1, 10, 1))
    for flows in (flat, growing[:, :35]):
        history = series(flows)
        tested = back_test(history, seasons(history), flows.shape[1])
        assert tested.rung_of(flows.shape[1]).tolist() == [1]


def test_noise_around_a_habit_is_climbed_from() -> None:
    rng = np.random.default_rng(6)
    flows = np.tile(rng.random((1, 7, 24)) * 100, (1, 12, 1)) * rng.gamma(4, 0.25, (1, 84, 24))
    history = series(flows)
    assert back_test(history, seasons(history), 84).rung_of(84)[0] >= 2


def test_busy_mornings_that_make_busy_evenings_are_conditioned_on() -> None:
    rng = np.random.default_rng(7)
    days = rng.lognormal(0, 0.5, (1, 84, 1))
    flows = np.full((1, 84, 24), 50.0) * days * rng.gamma(50, 0.02, (1, 84, 24))
    history = series(flows)
    assert back_test(history, seasons(history), 84).rung_of(84).tolist() == [3]


def test_a_rung_needs_days_and_the_rung_below() -> None:
    losses = np.array([[3.0, 3.0, 3.0, 3.0], [2.0, 2.0, 4.0, 2.0], [1.0, 2.5, 1.0, 1.0]])
    folds = np.array([20.0, 20.0, 20.0, 3.0])
    assert chosen_rung(losses, folds).tolist() == [3, 2, 1, 1]
