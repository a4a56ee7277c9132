"""When a forecast of a daily band is told: one alert for findings, replays and the benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from pipelines.findings.condition import HOLDS, NOT, UNKNOWN, Status
from pipelines.findings.states import Phase, phases

LIKELY, SURE = 0.5, 0.9
"""Chances of reaching the band before it resets: told from the first, critical from the second."""

PERSISTENCE = timedelta(minutes=30)
"""For how long every forecast, one each quarter of an hour, must have said so."""


def pace_statuses(chances: Sequence[float] | npt.NDArray[np.float64]) -> Status:
    """Return whether a band is likely to be reached, by its chances; NaN is not known."""
    given = np.asarray(chances, dtype=np.float64)
    held = np.where(given >= LIKELY, HOLDS, NOT)
    return np.where(np.isnan(given), UNKNOWN, held).astype(np.int8)


def pace_phases(chances: Sequence[float] | npt.NDArray[np.float64]) -> list[Phase]:
    """Return the states of one band, by its chances at the quarters of an hour of one day."""
    return phases(pace_statuses(chances), PERSISTENCE, timedelta(0))


def alert_place(chances: Sequence[float] | npt.NDArray[np.float64]) -> int | None:
    """Return at which quarter of an hour of one day the alert is sent; None where it is not."""
    return next((one.start for one in pace_phases(chances) if one.state == "firing"), None)
