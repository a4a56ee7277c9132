"""How use is spread: over the days of each pool, and over the hours of the week."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyarrow as pa

from pipelines.usage.hours import HourlyUsage
from reports import format as text
from reports.figures import Answer, Frame, Row, lane_of
from reports.overview import lane_names

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_MULTIPLES = 12
ALL_LANES = (None, None)
Lane = tuple[Any, ...]
_INSTANT = pa.timestamp("ms")
_MULTIPLES = pa.schema(
    [
        ("start", _INSTANT),
        ("end", _INSTANT),
        ("window", pa.string()),
        ("state", pa.string()),
        ("pool", pa.string()),
        ("value", pa.float64()),
        ("shown", pa.string()),
        ("base", pa.string()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("band", pa.float64()),
        ("label", pa.string()),
    ]
)


@lru_cache(maxsize=32)
def multiples(answer: Answer) -> pa.Table:
    """Execution utilization of each lane and day, at most twelve lanes, for rows of bars.

    `low`, `high` and `band` are where the bar and the 100 % of its row lie, in rows from below; all
    rows have one scale. `label` names the row once.
    """
    drawn = _lanes_drawn(answer)
    rows = [row for row in answer.rows("days") if lane_of(row) in drawn]
    known = [row["execution_utilization"] for row in rows if row["execution_utilization"]]
    # The row reaches above the highest bar and above the name that stands on the band's line.
    full = max([1.0, *map(float, known)]) + 0.4
    frame = Frame(answer.period, [(row["window_start"], row["window_end"]) for row in rows])
    names = lane_names(answer.totals)
    lines, named = [], set()
    for row in rows:
        lane, value = lane_of(row), _float(row["execution_utilization"])
        low = len(drawn) - 1 - drawn.index(lane)
        lines.append(
            {
                **frame.place(row["window_start"], row["window_end"]),
                "pool": names[lane],
                "value": value,
                "shown": text.percent(row["execution_utilization"]),
                "base": _over_band(row),
                "low": float(low),
                "high": low + (value or 0.0) / full,
                "band": low + 1 / full,
                "label": "" if lane in named else f"{names[lane]}, line: 100{text.SPACE}%",
            }
        )
        named.add(lane)
    return pa.Table.from_pylist(lines, _MULTIPLES)


def _over_band(row: Row) -> str:
    settled = text.money(row["settled_volume"], row["currency"])
    if row["approved_band"] is None:
        return f"{settled} settled, no band known"
    return f"{settled} of {text.money_with_code(row['approved_band'], row['currency'])}"


def _lanes_drawn(answer: Answer) -> list[tuple[Any, ...]]:
    busiest = sorted(answer.totals, key=lambda row: -row["quote_requests"])[:MOST_MULTIPLES]
    kept = {lane_of(row) for row in busiest}
    return [lane_of(row) for row in answer.totals if lane_of(row) in kept]


@lru_cache(maxsize=64)
def week(hours: HourlyUsage, lane: Lane, figure: str) -> pa.Table:
    """A figure of each hour of the week of one lane, or of `ALL_LANES` together."""
    return week_table([row for row in _by_week(hours) if lane_of(row) == lane], figure)


@lru_cache(maxsize=16)
def _by_week(hours: HourlyUsage) -> list[Row]:
    rows: list[Row] = hours.by_week.to_pylist()
    return rows


def week_table(rows: Iterable[Row], figure: str) -> pa.Table:
    """A figure of each hour of the week; `shade` is its share of the highest one.

    `rows` are those of `HourlyUsage.by_week` of one lane, or of all together.
    """
    held = {(row["weekday"], row["clock_hour"]): row for row in rows}
    known = [row[figure] for row in held.values() if row[figure] is not None]
    top = float(max(known, default=0)) or 1.0
    lines = []
    for weekday, name in enumerate(WEEKDAYS, start=1):
        for hour in range(24):
            row = held.get((weekday, hour))
            value = None if row is None else row[figure]
            lines.append(
                {
                    "weekday": name,
                    "hour": f"{hour:02}:00",
                    "shade": None if value is None else float(value) / top,
                    "shown": _cell(figure, value),
                    "state": "known" if value is not None else "not known",
                    "base": _base(figure, row),
                }
            )
    return pa.Table.from_pylist(
        lines,
        pa.schema(
            [
                ("weekday", pa.string()),
                ("hour", pa.string()),
                ("shade", pa.float64()),
                ("shown", pa.string()),
                ("state", pa.string()),
                ("base", pa.string()),
            ]
        ),
    )


def _cell(figure: str, value: Any) -> str:
    return text.percent(value) if figure.endswith("_utilization") else text.count(value)


def _base(figure: str, row: Row | None) -> str:
    if row is None:
        return "no such hour in the records"
    hours = f"{row['hours']} {'hour' if row['hours'] == 1 else 'hours'}"
    if not figure.endswith("_utilization"):
        return f"in {hours}"
    if row[figure] is None:
        return f"{hours} without a band"
    currency = row["currency"]
    settled = text.money(row["settled_volume"], currency)
    return f"{settled} settled of {text.money_with_code(row['approved_band'], currency)}, {hours}"


def _float(value: Any) -> float | None:
    """The picture's own number; what is read stands beside it, exact."""
    return None if value is None else float(value)
