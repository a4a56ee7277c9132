"""Periods people ask for by name, what to compare them with, and how finely to cut them.

Everything here is made of the windows of `pipelines.windows`. A period never reaches beyond
`as_of`, and what it is compared with stops after the same elapsed time, so that half a week is
never held against a whole one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from pipelines.windows import (
    QUARTER_HOUR,
    Window,
    WindowError,
    calendar_windows,
    load_zone,
    local_day,
    local_day_starts,
    rolling_window,
)

PRESETS = (
    "today",
    "yesterday",
    "24h",
    "7d",
    "30d",
    "90d",
    "week",
    "month",
    "last_week",
    "last_month",
    "last_quarter",
    "custom",
)
COMPARISONS = ("previous", "weekdays", "year", "none")
MOST_WINDOWS = 200
"""Windows in one chart at most; with five lines that stays under 1,500 marks."""

_COMPLETE_DAYS = {"yesterday": 1, "7d": 7, "30d": 30, "90d": 90}
_GRAINS = {
    "15m": QUARTER_HOUR,
    "1h": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}
_UNITS = {"month": "month", "last_month": "month", "last_quarter": "quarter"}
"""Presets that are compared with the unit of the calendar before them, however long it was."""

_COMPLETE_UNITS = {"last_week": 14, "last_month": 62, "last_quarter": 184}
"""Days within which a complete unit of the calendar ended."""

_DAY = timedelta(days=1)
_INSTANT_BEFORE = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time someone asked for, and the instant it is answered for."""

    preset: str
    zone: str
    window: Window
    as_of: datetime
    is_open: bool
    """Whether time that belongs to the period is still to come after `as_of`."""


def choose_period(
    preset: str, as_of: datetime, zone: str, dates: tuple[date, date] | None = None
) -> Period:
    """Return the period `preset` (one of `PRESETS`) of the zone's calendar as of `as_of`.

    `custom` needs `dates`, the first and the last local day. Raises WindowError for an unknown
    preset or zone, and for days that lie after `as_of` or run backwards.
    """
    if preset not in PRESETS:
        raise WindowError(f"no period {preset!r}; choose one of {', '.join(PRESETS)}")
    as_of = as_of.astimezone(UTC)
    start, end = _bounds(preset, as_of, zone, dates)
    if start >= as_of:
        raise WindowError("the days chosen begin after the newest data")
    closing = min(end, as_of)
    name = "24h" if preset == "24h" else "period"
    return Period(preset, zone, Window(start, closing, name), as_of, is_open=end > as_of)


def compare(period: Period, how: str, exact: Collection[datetime]) -> Period | None:
    """Return what `period` is compared with, one of `COMPARISONS`, or None for nothing.

    `previous` is the span of equal length before it (for months and quarters: the one before),
    `weekdays` the last span before it on the same days of the week, `year` the same dates of the
    year before. An open period is compared with the
    same elapsed part, as known after that same time. `exact` are the aware instants inside a
    stored bucket that can be asked about; another one is moved back to its quarter of an hour.
    """
    if how == "none":
        return None
    if period.preset == "24h":
        before = period.as_of - _days_back(period, how) * _DAY
        if how == "year":
            before = _year_before(period.as_of, period.zone)
        as_of = _answerable(before, exact)
        return replace(period, window=rolling_window("24h", as_of), as_of=as_of)
    if how == "year":
        start, end = (_year_before(at, period.zone) for at in _limits(period))
        as_of = _year_before(period.as_of, period.zone)
    elif period.preset in _UNITS and how == "previous":
        start, end, as_of = _unit_before(period)
    else:
        days = _days_back(period, how)
        start, end = (_same_day_before(at, period.zone, days) for at in _limits(period))
        as_of = _same_clock_before(period.as_of, period.zone, days)
    as_of = _answerable(as_of, exact)
    closing = as_of if period.is_open else min(end, as_of)
    if start >= closing:
        return None
    return replace(period, window=Window(start, closing, "period"), as_of=as_of)


def grain(length: timedelta) -> str:
    """Return the finest calendar window that cuts `length` into at most `MOST_WINDOWS`."""
    return next((n for n, each in _GRAINS.items() if length / each <= MOST_WINDOWS), "quarter")


def coarser_grain(length: timedelta) -> str:
    """Return the window for rates, which need some quotes each: hours in two days, then days."""
    return "1h" if length <= 2 * _DAY else max(grain(length), "day", key=list(_GRAINS).index)


def cut(period: Period, name: str, role: str) -> list[Window]:
    """Return the calendar windows `name` of `period`, each called `role`.

    The first and last are cut where the period begins and ends; where it is still open the last
    one is left whole, and answers only up to `as_of`.
    """
    start, end = period.window.start, period.window.end
    windows = calendar_windows(name, start, end, period.zone)
    last = windows[-1].end if period.is_open else end
    return [Window(max(w.start, start), min(w.end, last), role) for w in windows]


def last_windows(name: str, length: timedelta, period: Period, role: str) -> list[Window]:
    """Return the calendar windows `name` of the `length` before `as_of`, each called `role`."""
    windows = calendar_windows(name, period.as_of - length, period.as_of, period.zone)
    return [replace(window, name=role) for window in windows]


def last_quarter_hour(instant: datetime) -> datetime:
    """Return the start of the quarter of an hour that holds the aware `instant`."""
    return instant - (instant - _EPOCH) % QUARTER_HOUR


def axis_times(instants: Sequence[datetime], zone: str) -> list[datetime]:
    """Return `instants` as times without a zone, for a chart's axis.

    They follow the zone's clock while it keeps one offset. Where the clock is moved in between
    they all keep the last offset, so that no two instants fall on one place of the axis.
    """
    local = [instant.astimezone(load_zone(zone)) for instant in instants]
    if len({at.utcoffset() for at in local}) <= 1:
        return [at.replace(tzinfo=None) for at in local]
    offset = local[-1].utcoffset() or timedelta(0)
    return [(at.astimezone(UTC) + offset).replace(tzinfo=None) for at in local]


def local_dates(instants: Sequence[datetime], zone: str) -> list[date]:
    """Return the local date on which each instant falls."""
    return [instant.astimezone(load_zone(zone)).date() for instant in instants]


def _bounds(
    preset: str, as_of: datetime, zone: str, dates: tuple[date, date] | None
) -> tuple[datetime, datetime]:
    newest = as_of - _INSTANT_BEFORE
    if preset == "24h":
        window = rolling_window("24h", as_of)
    elif preset == "today":
        window = local_day(zone, newest)
    elif preset in _COMPLETE_DAYS:
        end = local_day(zone, as_of).start
        days = _COMPLETE_DAYS[preset]
        starts = local_day_starts(zone, end - (days + 2) * _DAY, end)
        window = Window(starts[-1 - days], end, preset)
    elif preset in ("week", "month"):
        window = calendar_windows(preset, newest, as_of, zone)[0]
    elif preset in _COMPLETE_UNITS:
        name = preset.removeprefix("last_")
        whole = calendar_windows(name, as_of - _COMPLETE_UNITS[preset] * _DAY, as_of, zone)
        window = next(one for one in reversed(whole) if one.end <= as_of)
    else:
        window = _chosen_days(zone, dates)
    return window.start, window.end


def _chosen_days(zone: str, dates: tuple[date, date] | None) -> Window:
    if dates is None:
        raise WindowError("choose a first and a last day")
    first, last = (_day(day, zone) for day in dates)
    if last.start < first.start:
        raise WindowError("the last day chosen comes before the first")
    return Window(first.start, last.end, "custom")


def _day(day: date, zone: str) -> Window:
    return local_day(zone, datetime.combine(day, time(12), load_zone(zone)))


def _limits(period: Period) -> tuple[datetime, datetime]:
    """The period's start and the first local midnight that is not before its end."""
    end = calendar_windows("day", period.window.start, period.window.end, period.zone)[-1].end
    return period.window.start, end


def _days_back(period: Period, how: str) -> int:
    """By how many days the compared span lies earlier."""
    if how == "previous" and period.preset == "week":
        return 7
    if period.preset == "24h":
        days = 1
    else:
        window = period.window
        days = len(calendar_windows("day", window.start, window.end, period.zone))
    return days if how == "previous" else -(-days // 7) * 7


def _unit_before(period: Period) -> tuple[datetime, datetime, datetime]:
    """The month or quarter before, with the instant that stands in it where `as_of` stands."""
    start = period.window.start
    before = calendar_windows(_UNITS[period.preset], start - _DAY, start, period.zone)[0]
    if not period.is_open:
        days = len(calendar_windows("day", start, period.window.end, period.zone))
        return before.start, start, _same_clock_before(period.as_of, period.zone, days)
    zone = load_zone(period.zone)
    passed = period.as_of.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(
        tzinfo=None
    )
    clock = before.start.astimezone(zone).replace(tzinfo=None) + passed
    return before.start, start, min(clock.replace(tzinfo=zone).astimezone(UTC), start)


def _same_day_before(bound: datetime, zone: str, days: int) -> datetime:
    """The first instant of the local day that lies `days` before the one `bound` begins."""
    return _day(bound.astimezone(load_zone(zone)).date() - days * _DAY, zone).start


def _same_clock_before(instant: datetime, zone: str, days: int) -> datetime:
    """The instant at which the zone's clock showed the same time, `days` days earlier."""
    local = instant.astimezone(load_zone(zone))
    return (local - days * _DAY).astimezone(UTC)


def _year_before(instant: datetime, zone: str) -> datetime:
    """The instant at which the zone's clock showed the same a year earlier; 28 February for 29."""
    local = instant.astimezone(load_zone(zone))
    is_leap_day = (local.month, local.day) == (2, 29)
    before = local.replace(year=local.year - 1, day=28 if is_leap_day else local.day)
    return before.astimezone(UTC)


def _answerable(instant: datetime, exact: Collection[datetime]) -> datetime:
    """`instant` where buckets are split there and a day before, else its quarter of an hour."""
    if instant in exact and instant - _DAY in exact:
        return instant
    return last_quarter_hour(instant)
