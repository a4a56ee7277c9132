"""Writes tests/forecast/reference_forecasts.csv: what statsforecast says of the tests' series.

It is too heavy to be a dependency, so its answers are kept. To write them again, with a Python in
which statsforecast is installed, from the root: PYTHONPATH=. python tools/reference_forecasts.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from statsforecast.models import SeasonalNaive, SeasonalWindowAverage
from statsforecast.utils import ConformalIntervals

from tests.forecast.reference_series import AHEAD_DAYS, reference_series

TABLE = Path(__file__).parent.parent / "tests" / "forecast" / "reference_forecasts.csv"
SEASON, BAND, WINDOWS, WEEKS = 7, 80, 12, 8


def answers() -> Iterator[tuple[str, str, int, float, float | None, float | None]]:
    """Yield series, method, days ahead, forecast, and the ends of its 80 % band."""
    for name, values in reference_series().items():
        naive = SeasonalNaive(SEASON).forecast(values, AHEAD_DAYS, level=[BAND])
        average = SeasonalWindowAverage(SEASON, WEEKS).forecast(values, SEASON)
        conformal = SeasonalNaive(
            SEASON, prediction_intervals=ConformalIntervals(n_windows=WINDOWS, h=SEASON)
        ).forecast(values, SEASON, level=[BAND])
        for method, told in (("naive", naive), ("average", average), ("conformal", conformal)):
            for ahead, middle in enumerate(told["mean"].tolist(), start=1):
                ends = [told.get(f"{side}-{BAND}") for side in ("lo", "hi")]
                low, high = (None if end is None else float(end[ahead - 1]) for end in ends)
                yield name, method, ahead, middle, low, high


def main() -> None:
    """Write the table anew."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["source", "series", "method", "days_ahead", "middle", "low", "high"])
        source = f"statsforecast {version('statsforecast')}"
        for name, method, ahead, *figures in answers():
            told = ["" if one is None else f"{one:.6f}" for one in figures]
            writer.writerow([source, name, method, ahead, *told])


if __name__ == "__main__":
    main()
