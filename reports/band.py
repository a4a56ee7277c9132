"""The daily band as pictures: how it fills up through a day, and from day to day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pyarrow as pa

from pipelines.periods import Period, local_dates
from pipelines.windows import Window
from reports import format as text
from reports.figures import Frame, Row
from reports.wording import why_unknown

_INSTANT = pa.timestamp("ms")


def day_name(day: Window, zone: str) -> str:
    """The date of a day of `zone`."""
    return text.day(local_dates([day.start], zone)[0])


def day_table(rows: Sequence[Row], day: Window, period: Period, zone: str) -> pa.Table:
    """The band through one day of `zone`: what is used at the end of each quarter, and the band.

    The line of the use begins with 0 at the day's start; that of the band spans the whole day.
    """
    here = replace(period, zone=zone)
    bounds = [(row["window_start"], row["window_end"]) for row in rows]
    frame = Frame(here, [(day.start, day.end), *bounds])
    whole = frame.place(day.start, day.end)
    lines = []
    if rows:
        first = rows[0]
        band = {"series": "Band in force", "amount": _float(first["daily_band_limit"])}
        shown = text.exact_money(first["daily_band_limit"], first["currency"])
        lines += [
            {"at": whole[at], "window": whole["window"], "shown": shown, **band}
            for at in ("start", "end")
        ]
        nothing = text.exact_money(first["daily_band_used"] * 0, first["currency"])
        lines.append(
            {
                "at": whole["start"],
                "window": "start of the day",
                "series": "Used",
                "amount": 0.0,
                "shown": nothing,
            }
        )
    for row in rows:
        place = frame.place(row["window_start"], row["window_end"])
        lines.append(
            {
                "at": place["end"],
                "window": place["window"],
                "series": "Used",
                "amount": _float(row["daily_band_used"]),
                "shown": _used(row),
            }
        )
    return pa.Table.from_pylist(
        lines,
        pa.schema(
            [
                ("at", _INSTANT),
                ("window", pa.string()),
                ("series", pa.string()),
                ("amount", pa.float64()),
                ("shown", pa.string()),
            ]
        ),
    )


def _used(row: Row) -> str:
    used = text.exact_money(row["daily_band_used"], row["currency"])
    return f"{used}, {text.percent(row['daily_band_usage'])} of the band"


def days_table(rows: Sequence[Row], period: Period, zone: str) -> pa.Table:
    """Each day's use of the band at its end, beside the band that was in force that day."""
    frame = Frame(
        replace(period, zone=zone), [(row["window_start"], row["window_end"]) for row in rows]
    )
    lines = []
    for row in rows:
        limit = text.exact_money(row["daily_band_limit"], row["currency"])
        lines.append(
            {
                **frame.place(row["window_start"], row["window_end"]),
                "used": _float(row["daily_band_used"]),
                "band": _float(row["daily_band_limit"]),
                "shown": _used(row),
                "limit": limit,
            }
        )
    return pa.Table.from_pylist(
        lines,
        pa.schema(
            [
                ("start", _INSTANT),
                ("end", _INSTANT),
                ("window", pa.string()),
                ("state", pa.string()),
                ("used", pa.float64()),
                ("band", pa.float64()),
                ("shown", pa.string()),
                ("limit", pa.string()),
            ]
        ),
    )


def day_words(rows: Sequence[Row], day: Window, zone: str) -> str:
    """How much of the day's band is used; empty before anything is known of the day."""
    if not rows:
        return ""
    row = rows[-1]
    currency = row["currency"]
    used = text.money_with_code(row["daily_band_used"], currency)
    whose = f" by all {currency} pools" if row["daily_band_is_shared"] else ""
    when = day_name(day, zone)
    if row["daily_band_usage"] is None:
        return f"{used} used{whose} on {when}. {why_unknown('daily_band_usage')}."
    return (
        f"**{used}** of {text.money_with_code(row['daily_band_limit'], currency)} used{whose} on"
        f" {when}, {text.percent(row['daily_band_usage'])};"
        f" {text.money_with_code(row['daily_band_room'], currency)} left at the end of the line."
    )


def changes_words(rows: Sequence[Row], zone: str) -> str:
    """When the band was changed within the days shown."""
    said = []
    for before, after in pairwise(rows):
        old, new = before["daily_band_limit"], after["daily_band_limit"]
        if old != new:
            day = day_name(Window(after["window_start"], after["window_end"], "day"), zone)
            currency = after["currency"]
            said.append(f"{text.money(old, currency)} to {text.money(new, currency)} from {day} on")
    return f"The band was changed: {'; '.join(said)}." if said else ""


def _float(value: Any) -> float | None:
    """The picture's own number; what is read stands beside it, exact."""
    return None if value is None else float(value)
