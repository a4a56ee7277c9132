"""What a daily band refused: on days it bound, use ends where demand went on.

Such a day is not a day of little demand. To leave it out would leave out the busiest days, and
what is learned from the rest would be too low. So the hours after the band bound count as usual
ones, moved by half of what the day had shown until then: a busy day tends to go on, not wholly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.forecast.history import History
from pipelines.forecast.local_hours import CELLS, Bools, Floats, Ints
from pipelines.forecast.seasons import seasons

LEAST_ROOM_SHARE = 0.05
"""Of a band: where a limit refuses and less room is left, or less than an order, it is the band."""

_GOES_ON = 0.5
_MOST_TIMES_USUAL = 3.0
"""What the hours after are taken for at most."""


def with_unmet(history: History, bound: Floats) -> History:
    """Return the history with what is likely to have been refused in its flows.

    `bound` (S, D, 24) is the share of each cell in which the band refused what was asked for.
    """
    if not bound.any():
        return history
    known = history.known * (1 - bound)
    seen = np.where(bound < 1, history.flows, 0.0)
    expected = seasons(replace(history, known=known, flows=seen)).expected
    until = (expected * (1 - bound)).sum(axis=2)
    used = history.flows.sum(axis=2)
    times = np.divide(used, until, out=np.ones_like(used), where=until > 0)
    times = np.clip(1 + _GOES_ON * (times - 1), 1.0, _MOST_TIMES_USUAL)
    unmet = expected * bound * times[:, :, None]
    return replace(history, flows=history.flows + np.where(history.known > 0, unmet, 0.0))


def bound_cells(refused: Bools, used: Floats, order: Floats, limits: Floats, cells: Ints) -> Floats:
    """Return D, 24: the share of each cell after its date's band began to bind.

    Of one band, by quarters of an hour in the order of `cells`: whether a limit refused anything,
    and net use. By date: the mean order, and the band in force, NaN where there is none.
    """
    numbers = cells // CELLS
    so_far = _since_midnight(used, numbers)
    limit = limits[numbers]
    room = np.maximum(order[numbers], LEAST_ROOM_SHARE * limit)
    begins = refused & (limit - so_far <= room)
    bound = _since_midnight(begins.astype(np.float64), numbers) > 0
    counts = np.bincount(cells, minlength=limits.size * CELLS)
    share = np.bincount(cells, weights=bound, minlength=limits.size * CELLS)
    found: Floats = (share / np.maximum(counts, 1)).reshape(-1, CELLS)
    return found


def _since_midnight(values: Floats, numbers: Ints) -> Floats:
    """Return sums since each quarter's date began, its own included."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    starts = np.searchsorted(numbers, numbers)
    since: Floats = running[1:] - running[starts]
    return since
