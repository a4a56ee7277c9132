"""One balance through time: what it was, what is expected to be left of it, floor and target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.forecast.shapes import Runway
from pipelines.windows import rolling_window
from reports import format as text
from reports.found import INSTANT, Row, on_axis
from reports.runway import drawn_until

BALANCE, EXPECTED, CAUTIOUS = "Balance", "Expected", "Cautious"
FLOOR, TARGET = "Floor", "Target"
ON_ITS_WAY, SEND_BY = "Money sent now is on its way", "Send by"
_NOTHING = Decimal(0)
_SCHEMA = pa.schema(
    [
        ("series", pa.string()),
        ("at", INSTANT),
        ("until", INSTANT),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("stretch", pa.int64()),
        ("when", pa.string()),
        ("amount", pa.string()),
        ("label", pa.string()),
    ]
)

Coming = Sequence[tuple[datetime, Decimal]]


def picture(one: Runway, snapshots: Sequence[Row], coming: Coming, zone: str) -> pa.Table:
    """Lines by `series` for the balance's chart, from 7 days before until a while after it is out.

    `snapshots` are rows of `balance_history_table`. The expected and the cautious lines start from
    what is available now, less demand, plus money `coming`.
    """
    history = [row for row in snapshots if row["currency"] == one.currency]
    since, until = rolling_window("7d", one.as_of).start, drawn_until(one)
    steps = _left(one, coming, until)
    instants = [since, one.as_of, until, *(at for at in (one.usable_at, one.send_by) if at)]
    instants += [row["holds_from"] for row in history] + [at for at, _, _ in steps]
    axis = on_axis(instants, zone)
    draw = _Drawing(one, axis, zone)
    lines = [
        *draw.history(history),
        *draw.fan(steps),
        *draw.limits(since, until),
        *draw.marks(until),
    ]
    return pa.Table.from_pylist(lines, _SCHEMA)


def _left(one: Runway, coming: Coming, until: datetime) -> list[tuple[datetime, Decimal, Decimal]]:
    """What is expected to be left, and cautiously, hour by hour from now on; never below 0.

    Demand beyond the balance is refused, so that no balance falls below it.
    """
    if one.state != "projected" or one.available_now is None:
        return []
    start = one.available_now
    found = [(one.as_of, start, start)]
    for hour in one.demand:
        if hour.at > until:
            break
        known = start + sum((amount for at, amount in coming if at <= hour.at), _NOTHING)
        expected, cautious = known - hour.expected, known - hour.cautious
        found.append((hour.at, max(expected, _NOTHING), max(cautious, _NOTHING)))
    return found


class _Drawing:
    """Makes the lines of one picture."""

    def __init__(self, one: Runway, axis: dict[datetime, datetime], zone: str) -> None:
        self._one, self._axis, self._zone = one, axis, zone

    def history(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """The balance so far, to what is available now by the ledger."""
        known = [
            {
                **self._point(BALANCE, row["holds_from"], row["balance_available"]),
                "stretch": row["stretch_no"],
                "when": text.moment(row["observed_at"], self._zone),
            }
            for row in rows
        ]
        now = self._one.available_now
        if known and now is not None:
            last = {**self._point(BALANCE, self._one.as_of, now), "stretch": known[-1]["stretch"]}
            known.append(last)
        return known

    def fan(self, steps: Sequence[tuple[datetime, Decimal, Decimal]]) -> list[dict[str, Any]]:
        """What is left of it from now on."""
        lines = []
        for at, expected, cautious in steps:
            lines.append({**self._point(EXPECTED, at, expected), "low": float(cautious)})
            lines.append(self._point(CAUTIOUS, at, cautious))
        return lines

    def limits(self, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Floor and target, from end to end."""
        found = []
        for series, value in ((TARGET, self._one.target), (FLOOR, self._one.floor)):
            if value is not None:
                line = self._point(series, since, value)
                found.append({**line, "until": self._axis[until], "label": series.lower()})
        return found

    def marks(self, until: datetime) -> list[dict[str, Any]]:
        """The time that money takes, and the last moment to send it."""
        one, found = self._one, []
        if one.usable_at is not None:
            when = (
                f"{text.moment(one.as_of, self._zone)} to {text.moment(one.usable_at, self._zone)}"
            )
            line = {"series": ON_ITS_WAY, "at": self._axis[one.as_of], "when": when, "amount": ""}
            found.append({**line, "until": self._axis[min(one.usable_at, until)]})
        if one.send_by is not None and one.send_by <= until:
            when = text.moment(one.send_by, self._zone)
            line = {"series": SEND_BY, "at": self._axis[one.send_by], "when": when, "amount": ""}
            label = f"send by {text.short_moment(one.send_by, self._zone)}"
            found.append({**line, "label": label})
        return found

    def _point(self, series: str, at: datetime, value: Decimal) -> dict[str, Any]:
        return {
            "series": series,
            "at": self._axis[at],
            # The picture's own number; what is read stands beside it, exact.
            "value": float(value),
            "when": text.moment(at, self._zone),
            "amount": text.exact_money(value, self._one.currency),
        }
