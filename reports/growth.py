"""What the Growth page asks for, and the lane it looks at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from pipelines.periods import Period, coarser_grain, cut
from pipelines.usage.levels import LIMIT_PARTS
from pipelines.windows import Window, calendar_windows, rolling_window
from reports import format as text
from reports.figures import Answer, lane_of
from reports.ladder import Rung

FAMILIES = (
    "demand",
    "reasons",
    "acceptance",
    "execution",
    "band",
    "band_usage",
    "limit_usage",
    "errors",
    "utilization",
    "rates",
)
"""What the page is about: demand, what became of it, and limits."""

COMPARED = ("demand", "reasons", "acceptance", "execution", "errors", "rates")
"""The families of which anything stands beside its value in the span before."""

COMPARED_PARTS = ("limit_errored_quotes",)
PARTS = (*LIMIT_PARTS, *COMPARED_PARTS)
"""Asked for beside the figures: what counts against a limit, and failed calls a limit refused."""

MOST_DAYS = 200
_A_DAY = timedelta(days=1)
_A_WEEK = timedelta(days=7)
_LEAST_DAYS = 14
_LEAST_HOURS, _MOST_HOURS = timedelta(days=28), timedelta(days=91)
_TREND_UP_TO = timedelta(days=62)

Lane = tuple[Any, ...]


def asked_windows(period: Period) -> list[Window]:
    """The windows of all lanes, each named by its part: period, `24h`, `trend` and `days`."""
    length = period.window.length
    trend = coarser_grain(length) if length <= _TREND_UP_TO else "week"
    return [
        period.window,
        rolling_window("24h", period.as_of),
        *cut(period, trend, "trend"),
        *_days(period),
    ]


def is_short(period: Period) -> bool:
    """Whether the days before the period are shown with it, because it has too few of its own."""
    return period.window.length < _A_WEEK


def _days(period: Period) -> list[Window]:
    window = period.window
    if not is_short(period):
        name = "day" if window.length <= MOST_DAYS * _A_DAY else coarser_grain(window.length)
        return cut(period, name, "days")
    days = calendar_windows("day", window.end - _LEAST_DAYS * _A_DAY, window.end, period.zone)
    return [replace(day, name="days") for day in days[-_LEAST_DAYS:]]


@lru_cache(maxsize=32)
def asked_hours(period: Period) -> tuple[Window, ...]:
    """The hours to the end of the period: four weeks, or the period where it is longer.

    At most the last 13 weeks of it.
    """
    end = period.window.end
    length = min(max(_LEAST_HOURS, period.window.length), _MOST_HOURS)
    return tuple(calendar_windows("1h", end - length, end, period.zone))


def band_days(period: Period, zone: str) -> list[Window]:
    """The days of `zone`, in which a band resets, that the period touches; the last 200 at most."""
    days = calendar_windows("day", period.window.start, period.window.end, zone)
    return days[-MOST_DAYS:]


def quarters(day: Window, zone: str) -> list[Window]:
    """The quarters of an hour of a day of `zone`."""
    return calendar_windows("15m", day.start, day.end, zone)


@lru_cache(maxsize=32)
def hours_words(period: Period) -> str:
    """Which hours the week is made of."""
    hours = asked_hours(period)
    last = max((hour.end for hour in hours if hour.end <= period.as_of), default=hours[0].end)
    whole = Window(hours[0].start, last, "hours")
    span = text.span(whole, period.zone)
    zone = text.zone_name(period.window.end, period.zone)
    return f"Complete hours of {span}, by the clock of {zone}."


def first_lane(rungs: Sequence[Rung], answer: Answer) -> Lane:
    """The lane whose daily band is or was the fullest; the first one where none is known."""
    known = [rung for rung in rungs if rung.name == "daily_band" and rung.highest is not None]
    if known:
        fullest = max(known, key=lambda rung: rung.highest)
        return fullest.lanes[0]
    return lane_of(answer.totals[0])
