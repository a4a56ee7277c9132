"""Forecasts say what another library says, where both are meant to.

Goal: the seasonal naive forecast is the same to the last digit, and so is its band wherever the
differences of a season are all of one size; where they are not, ours differs by its memory alone.
What is usual on a weekday, and a band from earlier errors, are near. Method: a kept table of what
statsforecast said of the same series, with its version; `tools/reference_forecasts.py` writes it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pipelines.forecast.history import History
from pipelines.forecast.rungs import Forecasts, Rest, naive, rest_of_day
from pipelines.forecast.samples import normal_quantiles, quantiles
from pipelines.forecast.seasons import seasons
from tests.forecast.reference_series import AHEAD_DAYS, DAYS, reference_series

Floats = npt.NDArray[np.float64]

TABLE = Path(__file__).parent / "reference_forecasts.csv"
SERIES = reference_series()
OF_ONE_SIZE = ("repeats", "steps", "grows")
"""Series whose differences over a week are all of one size."""

ENDS = np.array([0.1, 0.9])
WINDOWS, WEEK = 12, 7


def told(series: str, method: str) -> Mapping[str, Floats]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["series"], row["method"]) == (series, method)
        ]
    assert [int(row["days_ahead"]) for row in rows] == list(range(1, len(rows) + 1))
    names = ("middle", "low", "high")
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in names}


def rest_of(values: Floats) -> Rest:
    """The days ahead of a series, from the first hour on; all of a day flows at noon."""
    flows = np.zeros((1, DAYS + AHEAD_DAYS, 24))
    flows[0, :DAYS, 12] = values
    known = np.zeros_like(flows)
    known[0, :DAYS] = 1.0
    order = np.ones(flows.shape[:2])
    history = History(date(2026, 1, 5), flows, known, np.ones_like(flows), order)
    return rest_of_day(history, seasons(history), np.ones(24))


def naive_of(rest: Rest) -> Forecasts:
    return naive(rest.outcome[:, :, -1:], rest.is_whole, rest.order)


def test_the_table_is_of_one_version_and_of_these_series() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["source"] for row in rows} == {"statsforecast 2.1.1"}
    assert {row["series"] for row in rows} == SERIES.keys()


@pytest.mark.parametrize("name", SERIES)
def test_the_seasonal_naive_forecast_is_the_same(name: str) -> None:
    ours = naive_of(rest_of(SERIES[name])).middle[0, DAYS:, 0]
    assert ours == pytest.approx(told(name, "naive")["middle"], abs=1e-6)


@pytest.mark.parametrize("name", SERIES)
def test_its_band_is_the_same_where_differences_are_of_one_size(name: str) -> None:
    forecasts, reference = naive_of(rest_of(SERIES[name])), told(name, "naive")
    low, high = normal_quantiles(ENDS)[:, None] * forecasts.scale[0, DAYS:, 0]
    widths = reference["high"] - reference["low"]
    if name in OF_ONE_SIZE:
        assert high - low == pytest.approx(widths, abs=1e-5)
    else:  # the reference remembers all weeks alike, the forecast the last ones better
        assert np.all(np.abs((high - low) / widths - 1) < 0.25)
        assert not np.allclose(high - low, widths)


@pytest.mark.parametrize(
    ("name", "tolerance"), [("repeats", 0.02), ("steps", 0.05), ("steady", 0.1)]
)
def test_what_is_usual_is_near_the_average_of_the_weekday(name: str, tolerance: float) -> None:
    usual = rest_of(SERIES[name]).usual[0, DAYS, -1]
    first = told(name, "average")["middle"][0]
    assert usual == pytest.approx(first, rel=tolerance)


@pytest.mark.parametrize("name", ["steps", "grows", "steady", "busy", "sparse"])
def test_a_band_from_earlier_errors_is_near_and_not_narrower(name: str) -> None:
    values, reference = SERIES[name], told(name, "conformal")
    errors = (values[WEEK:] - values[:-WEEK])[-WINDOWS * WEEK :].reshape(WINDOWS, WEEK).T
    samples = reference["middle"][:, None] + np.concatenate([errors, -errors], axis=1)
    low, high = quantiles(samples, np.ones_like(samples), ENDS)
    widths = reference["high"] - reference["low"]
    assert np.all(high - low >= widths - 1e-6)
    assert (high - low).sum() / widths.sum() < 1.25
