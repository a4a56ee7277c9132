"""Daily series on which forecasts are compared with those of another library."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

DAYS, AHEAD_DAYS = 112, 14
WEEK = np.array([100.0, 110.0, 95.0, 120.0, 150.0, 60.0, 40.0])


def reference_series() -> dict[str, npt.NDArray[np.float64]]:
    """Return `DAYS` days of each series, rounded to cents so that they read the same anywhere."""
    day = np.arange(DAYS)
    week = WEEK[day % 7]
    rng = np.random.default_rng(20260630)
    steady = week * rng.normal(1, 0.1, DAYS)
    busy = week * rng.gamma(4, 0.25, DAYS)
    sparse = np.where(rng.random(DAYS) < 0.4, rng.gamma(2, 50, DAYS), 0.0)
    found = {
        "repeats": week,
        "steps": week + 5.0 * (day // 7 % 2),
        "grows": week + 0.5 * day,
        "steady": steady,
        "busy": busy,
        "sparse": sparse,
    }
    return {name: np.round(np.maximum(values, 0), 2) for name, values in found.items()}
