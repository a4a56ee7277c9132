"""Windows of time: the only time-zone arithmetic of the product.

A window is half-open, `[start, end)`, between two aware UTC instants. Calendar windows follow the
clock of an IANA zone, so a day may last 23 or 25 hours; rolling windows end at any instant and
last real elapsed time. Every UTC offset since 2000 is a multiple of 15 minutes, hence so is every
bound of a calendar window. Years outside 2000-2100 are refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CALENDAR_NAMES = ("15m", "1h", "day", "week", "month", "quarter")
ROLLING_LENGTHS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
MAX_WINDOWS = 50_000
QUARTER_HOUR = timedelta(minutes=15)

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-](0[0-9]|1[0-9]|2[0-3]):[0-5][0-9])",
    re.ASCII,
)
_DURATION = re.compile(r"([1-9][0-9]{0,8})([smhd])", re.ASCII)
_DURATION_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class WindowError(ValueError):
    """A window, time zone, time or duration that cannot be used; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time `[start, end)`: two aware UTC instants and the window's name."""

    start: datetime
    end: datetime
    name: str

    def __post_init__(self) -> None:
        """Refuse a naive bound, a bound in another zone than UTC, and an empty window."""
        for bound in (self.start, self.end):
            if bound.utcoffset() != timedelta(0):
                raise WindowError(f"window bound {bound.isoformat()} is not an aware UTC instant")
        if self.start >= self.end:
            raise WindowError(f"window {self.name} is empty: it must start before it ends")

    @property
    def length(self) -> timedelta:
        """Real elapsed time between the bounds."""
        return self.end - self.start


def calendar_windows(name: str, start: datetime, end: datetime, zone: str) -> list[Window]:
    """Return the windows `name` of `zone` that touch `[start, end)`, widened to whole windows.

    `name` is one of `CALENDAR_NAMES`; weeks begin on Monday. The windows leave no gap and do not
    overlap. An hour begins where the zone's clock reads a whole hour: where a clock moves by half
    an hour (Lord Howe) one such window lasts 90 minutes. Raises WindowError for an unknown name
    or zone, an empty range, years outside 2000-2100, and more than `MAX_WINDOWS` windows.
    """
    if name not in CALENDAR_NAMES:
        raise WindowError(f"no window {name!r}; choose one of {', '.join(CALENDAR_NAMES)}")
    start, end = _utc(start), _utc(end)
    if start >= end:
        raise WindowError(
            f"nothing between {format_instant(start)} and {format_instant(end)}: "
            "the first must be earlier"
        )
    bounds: list[datetime] = []
    for bound in _bounds(name, start, load_zone(zone)):
        bounds.append(bound)
        if bound >= end:
            break
        if len(bounds) > MAX_WINDOWS:
            raise WindowError(
                f"more than {MAX_WINDOWS} {name} windows between {format_instant(start)} and "
                f"{format_instant(end)}: shorten the range or choose a longer window"
            )
    return [Window(first, last, name) for first, last in pairwise(bounds)]


def rolling_window(name: str, end: datetime) -> Window:
    """Return the real time before `end` that `name`, a key of `ROLLING_LENGTHS`, stands for."""
    if name not in ROLLING_LENGTHS:
        raise WindowError(f"no rolling window {name!r}; choose one of {', '.join(ROLLING_LENGTHS)}")
    end = _utc(end)
    return Window(end - ROLLING_LENGTHS[name], end, name)


def local_day(zone: str, instant: datetime) -> Window:
    """Return the day of `zone` that holds `instant`."""
    instant = _utc(instant)
    bounds = _date_bounds("day", instant, load_zone(zone))
    return Window(next(bounds), next(bounds), "day")


def local_day_starts(zone: str, start: datetime, end: datetime) -> list[datetime]:
    """Return the first instants of the days of `zone` that touch `[start, end]`, ascending.

    The first is at or before `start`, so every instant of the range has its day's start.
    """
    start, end = _utc(start), _utc(end)
    starts: list[datetime] = []
    for bound in _date_bounds("day", start, load_zone(zone)):
        if bound > end:
            break
        starts.append(bound)
    return starts


def band_instants(window: Window, day_starts: Sequence[datetime]) -> Sequence[datetime]:
    """Return the instants whose daily bands add up to the approved band of `window`.

    `day_starts` are the program zone's ascending day starts, the first at or before
    `window.start` and the last at or after the last one not after `window.end`. Whole local days
    and other windows of a day or more: the start of each local day that begins in the window. A
    rolling 24 h window: its end. A window shorter than 24 hours, or in which no day begins: the
    start of the local day that holds its start.
    """
    if window.name == "24h":
        return [window.end]
    first = bisect_right(day_starts, window.start) - 1
    starts_whole = day_starts[first] == window.start
    after_last = bisect_right(day_starts, window.end) - 1
    ends_whole = day_starts[after_last] == window.end
    stop = after_last if ends_whole else after_last + 1
    if starts_whole and (ends_whole or window.length >= timedelta(hours=24)):
        return day_starts[first:stop]
    if window.length < timedelta(hours=24) or stop <= first + 1:
        return [day_starts[first]]
    return day_starts[first + 1 : stop]


def load_zone(name: str) -> ZoneInfo:
    """Return the IANA zone `name`, or raise WindowError naming it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise WindowError(
            f"no time zone {name!r}; give an IANA name such as Europe/Paris"
        ) from unknown


def parse_duration(text: str) -> timedelta:
    """Return a duration written as `90s`, `15m`, `1h` or `7d`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise WindowError(f"{text!r} is not a duration; write 90s, 15m, 1h or 7d")
    try:
        return timedelta(**{_DURATION_UNITS[match[2]]: int(match[1])})
    except OverflowError as too_long:
        raise WindowError(f"{text!r} is too long a duration") from too_long


def parse_instant(text: str) -> datetime:
    """Return the UTC instant of an RFC 3339 time with an offset, at most microseconds."""
    try:
        if _INSTANT.fullmatch(text) is None:
            raise ValueError(text)
        instant = datetime.fromisoformat(text.upper())
    except ValueError:
        raise WindowError(
            f"{text!r} is not an RFC 3339 time with an offset; write 2026-06-30T10:15:00Z"
        ) from None
    return _utc(instant)


def format_instant(instant: datetime) -> str:
    """Return RFC 3339 in UTC, `2026-06-30T10:15:00Z`; microseconds only where they are not zero."""
    if instant.utcoffset() is None:
        raise WindowError(f"{instant.isoformat()} has no offset")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise WindowError(f"{instant.isoformat()} has no offset; give an aware time")
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        raise WindowError(
            f"year {instant.year} is outside {_FIRST_YEAR}-{_LAST_YEAR}; check the time"
        )
    return instant.astimezone(UTC)


def _bounds(name: str, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the window bounds from the last one at or before `start`, ascending, without end."""
    if name == "15m":
        return _clock_bounds(start, zone, marks=(0, 15, 30, 45))
    if name == "1h":
        return _clock_bounds(start, zone, marks=(0,))
    return _date_bounds(name, start, zone)


def _clock_bounds(start: datetime, zone: ZoneInfo, marks: Sequence[int]) -> Iterator[datetime]:
    instant = datetime.min.replace(tzinfo=UTC) + (
        (start - datetime.min.replace(tzinfo=UTC)) // QUARTER_HOUR * QUARTER_HOUR
    )
    while instant.astimezone(zone).minute not in marks:
        instant -= QUARTER_HOUR
    while True:
        yield instant
        instant += QUARTER_HOUR
        while instant.astimezone(zone).minute not in marks:
            instant += QUARTER_HOUR


def _date_bounds(name: str, start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    day = _first_date(name, start.astimezone(zone).date())
    last = None
    while True:
        bound = _first_instant(day, zone)
        if bound != last:  # a zone that crosses the date line skips a whole date
            yield bound
        last = bound
        day = _next_date(name, day)


def _first_date(name: str, day: date) -> date:
    if name == "week":
        return day - timedelta(days=day.weekday())
    if name == "month":
        return day.replace(day=1)
    if name == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day


def _next_date(name: str, day: date) -> date:
    if name == "week":
        return day + timedelta(days=7)
    if name in ("month", "quarter"):
        months = day.year * 12 + day.month - 1 + (3 if name == "quarter" else 1)
        return date(months // 12, months % 12 + 1, 1)
    return day + timedelta(days=1)


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of the local date, also where midnight is skipped or repeated."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    while (midnight - QUARTER_HOUR).astimezone(zone).date() == day:
        midnight -= QUARTER_HOUR
    return midnight


def last_instant(window: Window) -> datetime:
    """Return the last microsecond that belongs to `window`, whose end does not."""
    return window.end - timedelta(microseconds=1)
