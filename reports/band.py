"""The daily band of one lane: how it fills up through a day, and from day to day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

import pyarrow as pa

from pipelines.periods import Period, local_dates
from pipelines.windows import Window
from reports import format as text
from reports.figures import Frame, Row
from reports.wording import why_unknown

_INSTANT = pa.timestamp("ms")
_DAY = pa.schema(
    [
        ("at", _INSTANT),
        ("window", pa.string()),
        ("series", pa.string()),
        ("amount", pa.float64()),
        ("shown", pa.string()),
    ]
)
_DAYS = pa.schema(
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
)


def day_name(day: Window, zone: str) -> str:
    """The date of a day of `zone`."""
    return text.day(local_dates([day.start], zone)[0])


@dataclass(frozen=True, eq=False)
class BandDay:
    """The band through one day of the zone it resets in; `rows` are its quarters of an hour."""

    rows: Sequence[Row]
    day: Window
    period: Period
    zone: str

    @cached_property
    def table(self) -> pa.Table:
        """What is used at the end of each quarter, and the band.

        The line of the use begins with 0 at the day's start; that of the band spans the whole day.
        """
        bounds = [(row["window_start"], row["window_end"]) for row in self.rows]
        day = (self.day.start, self.day.end)
        frame = Frame(replace(self.period, zone=self.zone), [day, *bounds])
        whole = frame.place(*day)
        lines = []
        for row in self.rows[:1]:
            band, shown = row["daily_band_limit"], _exact(row, "daily_band_limit")
            lines = [
                _line(whole["start"], whole["window"], "Band in force", band, shown),
                _line(whole["end"], whole["window"], "Band in force", band, shown),
                _line(whole["start"], "start of the day", "Used", 0, "nothing yet"),
            ]
        for row in self.rows:
            place = frame.place(row["window_start"], row["window_end"])
            lines.append(
                _line(place["end"], place["window"], "Used", row["daily_band_used"], _used(row))
            )
        return pa.Table.from_pylist(lines, _DAY)

    @cached_property
    def words(self) -> str:
        """How much of the day's band is used; empty before anything is known of the day."""
        if not self.rows:
            return ""
        row = self.rows[-1]
        currency = row["currency"]
        used = text.money_with_code(row["daily_band_used"], currency)
        whose = f" by all {currency} pools" if row["daily_band_is_shared"] else ""
        when = day_name(self.day, self.zone)
        if row["daily_band_usage"] is None:
            return f"{used} used{whose} on {when}. {why_unknown('daily_band_usage')}."
        return (
            f"**{used}** of {text.money_with_code(row['daily_band_limit'], currency)} used{whose}"
            f" on {when}, {text.percent(row['daily_band_usage'])};"
            f" {text.money_with_code(row['daily_band_room'], currency)} left where the line ends."
        )


@dataclass(frozen=True, eq=False)
class BandDays:
    """The band at the end of each of several days of the zone it resets in."""

    rows: Sequence[Row]
    days: Sequence[Window]
    period: Period
    zone: str
    last: BandDay

    @cached_property
    def by_date(self) -> dict[str, Window]:
        """The days by their dates in ISO 8601, the newest first."""
        dates = local_dates([day.start for day in self.days], self.zone)
        return {str(date): day for date, day in reversed(list(zip(dates, self.days, strict=True)))}

    @cached_property
    def names(self) -> dict[str, str]:
        """How the days are called, by these dates."""
        return {date: day_name(day, self.zone) for date, day in self.by_date.items()}

    @cached_property
    def table(self) -> pa.Table:
        """Each day's use of the band at its end, beside the band in force that day."""
        bounds = [(row["window_start"], row["window_end"]) for row in self.rows]
        frame = Frame(replace(self.period, zone=self.zone), bounds)
        lines = [
            {
                **frame.place(row["window_start"], row["window_end"]),
                "used": _float(row["daily_band_used"]),
                "band": _float(row["daily_band_limit"]),
                "shown": _used(row),
                "limit": _exact(row, "daily_band_limit"),
            }
            for row in self.rows
        ]
        return pa.Table.from_pylist(lines, _DAYS)

    @cached_property
    def changes(self) -> str:
        """When the band was changed within the days; empty where it was not."""
        said = []
        for before, after in pairwise(self.rows):
            old, new = before["daily_band_limit"], after["daily_band_limit"]
            if old != new:
                day = Window(after["window_start"], after["window_end"], "day")
                currency = after["currency"]
                said.append(
                    f"{text.money(old, currency)} to {text.money(new, currency)} from"
                    f" {day_name(day, self.zone)} on"
                )
        return f"The band was changed: {'; '.join(said)}." if said else ""


def _line(at: datetime, window: str, series: str, amount: object, shown: str) -> dict[str, object]:
    line = {"at": at, "window": window, "series": series, "shown": shown}
    return {**line, "amount": _float(amount)}


def _used(row: Row) -> str:
    return f"{_exact(row, 'daily_band_used')}, {text.percent(row['daily_band_usage'])} of the band"


def _exact(row: Row, figure: str) -> str:
    return text.exact_money(row[figure], row["currency"])


def _float(value: object) -> float | None:
    """The picture's own number; what is read stands beside it, exact."""
    return None if value is None else float(str(value))
