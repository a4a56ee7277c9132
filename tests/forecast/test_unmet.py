"""A day whose band bound is not taken for a day of little demand.

Goal: where a limit refused because a band was used up, the hours after count as demand that went
on; where it refused for another reason, or nothing was refused, history is what was used; and what
is then forecast is nearer to true demand than what use alone would say. Method: simulated
partner-months whose demand is known and whose use is cut off at a band; and a made-up life.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from benchmarks.forecasting import months_of
from benchmarks.simulation import MONTH_DAYS, pools
from pipelines.forecast.history import History
from pipelines.forecast.ladder import FOLDS, back_test
from pipelines.forecast.pace import read_bands
from pipelines.forecast.projection import DayProjector
from pipelines.forecast.samples import BAND, pinball
from pipelines.forecast.seasons import seasons
from pipelines.forecast.unmet import bound_cells, with_unmet
from pipelines.windows import format_instant
from tests.forecast.lives import Life, a_life, at_hour
from tests.metrics.conftest import POOL

QUARTERS = np.repeat(np.arange(2 * 24), 4)
"""Two dates of whole hours."""


def scored(history: History, quarters: np.ndarray, bands: np.ndarray) -> tuple[float, float, float]:
    """Coverage, loss and bias of forecasts at noon of demand that no band cuts off."""
    dates = quarters.shape[1]
    usual = seasons(history)
    tested = back_test(history, usual, dates, FOLDS + MONTH_DAYS)
    projector = DayProjector(history, usual, tested)
    left = (np.arange(24) >= 12).astype(float)
    ends, size = quarters.sum(axis=2), quarters.sum(axis=2).mean(axis=1)
    parts = []
    for day in range(dates - MONTH_DAYS, dates):
        so_far = quarters[:, day, :48].sum(axis=1)
        found = projector.project(day, left, so_far)
        shown = (so_far < bands) & (found.reference_days >= 4)
        band, end = found.quantiles[:, shown, -1], ends[shown, day]
        inside = (end >= band[0]) & (end <= band[2])
        loss = pinball(band, end, np.array(BAND)) / size[shown]
        parts.append(np.stack([inside, loss, (band[1] - end) / size[shown]]))
    coverage, loss, bias = np.concatenate(parts, axis=1).mean(axis=1)
    return float(coverage), float(loss), float(bias)


def test_forecasts_after_days_that_bound_are_nearer_to_demand_than_use_is() -> None:
    months = months_of(pools(40, 5))
    quarters, whole = months.quarters, months.history
    bands = np.quantile(quarters.sum(axis=2), 0.75, axis=1)
    is_over = np.cumsum(quarters, axis=2) >= bands[:, None, None]
    refused = np.concatenate([np.zeros_like(is_over[:, :, :1]), is_over[:, :, :-1]], axis=2)
    cells = np.where(refused, 0.0, quarters).reshape(*whole.flows.shape, 4).sum(axis=3)
    bound = refused.reshape(*whole.flows.shape, 4).mean(axis=3)
    use = replace(whole, flows=cells * (whole.known > 0))
    truth, cut_off, filled = (
        scored(one, quarters, bands) for one in (whole, use, with_unmet(use, bound))
    )
    assert 0.75 <= filled[0] <= 0.85
    assert filled[1] < cut_off[1]
    assert cut_off[2] < 1.3 * truth[2] < 0, "use alone says that less is to come than demand"
    assert abs(filled[2]) < abs(cut_off[2]) / 2


def test_without_a_day_that_bound_history_is_what_was_used() -> None:
    whole = months_of(pools(3, 1)).history
    assert with_unmet(whole, np.zeros_like(whole.flows)) is whole


def marked(refused_at: int, used_at: dict[int, float], limit: float = 100.0) -> list[int]:
    """The hours in which a band of two days is told to have bound."""
    refused, used = np.zeros(len(QUARTERS), dtype=np.bool_), np.zeros(len(QUARTERS))
    refused[refused_at] = True
    for place, amount in used_at.items():
        used[place] = amount
    limits, order = np.array([limit, limit]), np.array([2.0, 2.0])
    return np.flatnonzero(bound_cells(refused, used, order, limits, QUARTERS) > 0).tolist()


@pytest.mark.parametrize(
    ("refused_at", "used_at", "limit", "hours"),
    [
        (80, {40: 60.0, 70: 38.0}, 100.0, [20, 21, 22, 23]),
        (80, {40: 60.0, 90: 38.0}, 100.0, []),
        (100, {40: 60.0, 70: 38.0}, 100.0, []),
        (80, {40: 60.0, 70: 38.0}, float("nan"), []),
        (80, {40: 99.0, 70: -50.0}, 100.0, []),
    ],
    ids=[
        "until midnight",
        "not while there was room",
        "not on the next day",
        "not without a band",
        "not after failed trades made room again",
    ],
)
def test_a_band_binds_where_a_limit_refuses_and_hardly_any_room_is_left(
    refused_at: int, used_at: dict[int, float], limit: float, hours: list[int]
) -> None:
    assert marked(refused_at, used_at, limit) == hours


def flows_of(life: Life, day: int) -> float:
    bands = read_bands(life.connection, [at_hour(40, 0)])
    assert bands is not None
    number, _ = bands.cells(0).place(at_hour(day, 18))
    return float(bands.history.flows[0, number].sum())


def test_a_refused_evening_counts_as_demand_that_went_on() -> None:
    usual, bound, spared = (a_life(40, band="900") for _ in range(3))
    start = at_hour(30, 15)
    for life in (bound, spared):
        for table in ("trade_paths", "ledger_buckets"):
            life.connection.execute(
                f"delete from {table} where bucket >= ? and bucket < ?",
                [start.replace(tzinfo=None), at_hour(31, 0).replace(tzinfo=None)],
            )
    bound.quotes(format_instant(start), errored=3, limit_errored=3)
    lived, cut_off, filled = (flows_of(life, 30) for life in (usual, spared, bound))
    assert cut_off < lived
    assert cut_off < filled
    assert abs(filled - lived) < abs(cut_off - lived)
    assert flows_of(bound, 29) == flows_of(usual, 29)


def test_a_shared_band_binds_all_pools_of_its_currency() -> None:
    def live() -> Life:
        life = Life(band=None)
        life.limit("daily_band", "1500")
        for pool in (POOL, "EUR-USDC"):
            life.days(0, 30, pool=pool)
        life.reaches(at_hour(30, 0))
        return life

    plain, bound = live(), live()
    bound.quotes(format_instant(at_hour(28, 14)), pool="EUR-USDC", errored=1, limit_errored=1)
    for series in (0, 1):
        used, demand = (
            bands.history.flows[series, bands.cells(0).place(at_hour(28, 18))[0]].sum()
            for bands in (
                read_bands(life.connection, [at_hour(30, 0) - timedelta(hours=1)])
                for life in (plain, bound)
            )
            if bands is not None
        )
        assert demand > used
