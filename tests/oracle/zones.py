"""Local days, calendar windows and the zone a pool's day is reckoned in, with zoneinfo alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from .facts import Program

TICK = timedelta(minutes=15)
"""Every current UTC offset is a multiple of 15 minutes, so windows start on such instants."""

MARGIN = {
    "15m": timedelta(days=1),
    "1h": timedelta(days=1),
    "day": timedelta(days=2),
    "week": timedelta(days=9),
    "month": timedelta(days=33),
    "quarter": timedelta(days=94),
}
"""More than one window's length, to find the whole windows around an instant."""


def pool_zone(programs: Sequence[Program], pool_id: str, as_of: datetime) -> ZoneInfo:
    """The zone of the pool's program in force at `as_of`, else of the first program, else UTC."""
    in_force: dict[str, Program] = {}
    # "the program version in force at as_of ... (latest effective_from per program ...)"
    for version in sorted(programs, key=lambda each: each.effective_from):
        if version.effective_from <= as_of:
            in_force[version.program_id] = version
    by_id = [in_force[program_id] for program_id in sorted(in_force)]
    # "... whose approved_pools lists the pool (... ties: smallest program_id)"
    for program in by_id:
        if pool_id in program.approved_pools:
            return ZoneInfo(program.time_zone)
    # "else the smallest program_id in force; else UTC"
    return ZoneInfo(by_id[0].time_zone) if by_id else ZoneInfo("UTC")


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The local day that holds an instant."""
    return moment.astimezone(zone).date()


def is_day_start(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a local day begins exactly at this instant."""
    return day_start(local_date(moment, zone), zone) == moment


def day_starts_in(start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """The first instants of the local days that begin in [start, end)."""
    starts = []
    day = local_date(start, zone)
    while day <= local_date(end, zone):
        if start <= day_start(day, zone) < end:
            starts.append(day_start(day, zone))
        day += timedelta(days=1)
    return starts


def calendar_windows(
    window: str, from_: datetime, to: datetime, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    """The whole windows of the zone that touch [from_, to), as UTC (start, end) in time order.

    Walks 15-minute instants and starts a window wherever the local calendar's unit changes.
    """
    moment = _tick_at_or_before(from_.astimezone(UTC) - MARGIN[window])
    last = to.astimezone(UTC) + MARGIN[window]
    starts = []
    while moment <= last:
        if _unit(window, moment, zone) != _unit(window, moment - TICK, zone):
            starts.append(moment)
        moment += TICK
    # "--from and --to are widened to whole windows of the zone"
    return [(start, end) for start, end in pairwise(starts) if start < to and end > from_]


def _tick_at_or_before(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)


def _unit(window: str, moment: datetime, zone: ZoneInfo) -> object:
    """What all instants of one window share, and the next window's do not."""
    local = moment.astimezone(zone)
    match window:
        case "15m":
            return moment
        case "1h":
            # a repeated hour is two windows: they differ in their offset from UTC
            return (local.date(), local.hour, local.utcoffset())
        case "day":
            return local.date()
        case "week":
            # "week (Monday)"
            return local.date() - timedelta(days=local.weekday())
        case "month":
            return (local.year, local.month)
        case "quarter":
            return (local.year, (local.month - 1) // 3)
    raise ValueError(f"no calendar window is called {window!r}")
