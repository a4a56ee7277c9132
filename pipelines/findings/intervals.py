"""Score intervals of many shares at once, for judging; `pipelines.shares` gives the shown one."""

from __future__ import annotations

import numpy as np

from pipelines.findings.grid import Floats

Z = 3.090232306167813
"""The 99.9 % point of the standard normal distribution: a rule is looked at many times a day, so
that the usual 95 % would find something by chance every week."""


def wilson(part: Floats, whole: Floats, z: float = Z) -> tuple[Floats, Floats]:
    """Return the score intervals of `part / whole`, 99.8 % unless told; NaN of nothing.

    Formula and source as for `pipelines.shares.wilson`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = part / whole
        middle = share + z**2 / (2 * whole)
        reach = z * np.sqrt(np.clip(share * (1 - share), 0, None) / whole + z**2 / (4 * whole**2))
        scale = 1 + z**2 / whole
        low, high = (middle - reach) / scale, (middle + reach) / scale
    empty = ~(whole > 0)
    return (
        np.where(empty, np.nan, np.clip(low, 0, None)),
        np.where(empty, np.nan, np.clip(high, None, 1)),
    )
