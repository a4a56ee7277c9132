"""What must be within bounds before a higher limit is asked for; what is not known does not pass.

Raising limits because demand exists, without a look at settlement and reconciliation, is the
mistake that these prevent.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from pipelines.findings.finding import Gate
from pipelines.findings.frames import Frame
from pipelines.findings.grid import slots_of
from pipelines.findings.inputs import Input
from pipelines.findings.options import GateBounds

DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def read_gates(frame: Frame, bounds: GateBounds, row: int, index: int) -> tuple[Gate, ...]:
    """The gates of a pool's row at one instant; records that are stale have no finding at all."""
    return (
        _failure(frame, bounds, row, index),
        _reserved_age(frame, bounds, row, index),
        _exceptions(frame, bounds, row, index),
        Gate("fresh_records", has_passed=True, value="within the age set"),
    )


def _failure(frame: Frame, bounds: GateBounds, row: int, index: int) -> Gate:
    part, whole = (
        frame.total(name, slots_of(DAY))[row, index]
        for name in ("other_failed_attempts", "quote_requests")
    )
    end = frame.instant(index)
    is_known = bool(np.isfinite(part) and whole > 0)
    counts = (round(part), round(whole)) if is_known else (None, None)
    failed = Input("failure", end - DAY, end, "now", *counts)
    passed = failed.ratio is not None and failed.ratio <= bounds.failure
    return Gate("failure", has_passed=passed, value=f"{failed.text}, at most {bounds.failure:f}")


def _reserved_age(frame: Frame, bounds: GateBounds, row: int, index: int) -> Gate:
    age = frame.stock("oldest_reserved_age_s")[row, index]
    most = bounds.reserved_age // _SECOND
    told = str(int(age)) if np.isfinite(age) else "none reserved"
    return Gate(
        "reserved_age_s",
        has_passed=not np.isfinite(age) or age <= most,
        value=f"{told}, at most {most}",
    )


def _exceptions(frame: Frame, bounds: GateBounds, row: int, index: int) -> Gate:
    stocks = [frame.stock(name) for name in ("open_ledger_exceptions", "open_order_exceptions")]
    together = sum(float(stock[each, index]) for stock in stocks for each in (row, -1))
    is_known = bool(np.isfinite(together))
    told = str(round(together)) if is_known else "not known"
    return Gate(
        "open_exceptions",
        has_passed=is_known and together <= bounds.exceptions,
        value=f"{told}, at most {bounds.exceptions}",
    )
