"""One daily band through its day: what is used, where that is heading, and the limit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pyarrow as pa

from pipelines.forecast.curves import Curve
from pipelines.forecast.shapes import Pace
from reports import format as text
from reports.found import INSTANT, on_axis

USED, PROJECTED, LIMIT = "Used", "Projected", "Limit"
_PICTURE = pa.schema(
    [
        ("series", pa.string()),
        ("at", INSTANT),
        ("amount", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("when", pa.string()),
        ("shown", pa.string()),
        ("label", pa.string()),
    ]
)


def picture(one: Pace, curve: Curve) -> pa.Table:
    """Through the day of a band: what is used up to now, the projection, and the limit."""
    instants = [
        *(one.window_start, one.window_end, one.as_of),
        *(at for at, _ in curve.points),
        *(step.at for step in one.path),
    ]
    axis = on_axis(instants, one.time_zone)
    used = [(one.window_start, Decimal(0)), *curve.points]
    lines = [_point(one, USED, axis, at, amount) for at, amount in used]
    if curve.points or one.used:
        lines.append(_point(one, USED, axis, one.as_of, one.used))
    if one.path:
        lines.append(_band(one, axis, one.as_of, (one.used, one.used, one.used)))
        lines += [_band(one, axis, step.at, (step.low, step.mid, step.high)) for step in one.path]
        lines[-1]["label"] = "expected"
    if one.limit is not None:
        limit = [
            _point(one, LIMIT, axis, at, one.limit) for at in (one.window_start, one.window_end)
        ]
        limit[0]["label"] = "limit"
        lines += limit
    return pa.Table.from_pylist(lines, _PICTURE)


def _point(
    one: Pace, series: str, axis: dict[datetime, datetime], at: datetime, amount: Decimal
) -> dict[str, object]:
    return {
        "series": series,
        "at": axis[at],
        # The picture's own number; what is read stands beside it, exact.
        "amount": float(amount),
        "when": text.moment(at, one.time_zone),
        "shown": text.money_with_code(amount, one.currency),
    }


def _band(
    one: Pace, axis: dict[datetime, datetime], at: datetime, sides: tuple[Decimal, Decimal, Decimal]
) -> dict[str, object]:
    low, mid, high = sides
    line = _point(one, PROJECTED, axis, at, mid)
    shown = (
        f"{line['shown']}, 80 % band {text.money(low, one.currency)} to"
        f" {text.money(high, one.currency)}"
    )
    return {**line, "low": float(low), "high": float(high), "shown": shown}
