"""What the Growth page asks, remembered per build as in `dashboard.store`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dashboard.remembering import remembered
from dashboard.store import Bounds, Key, first_event, lanes, opened, outline
from pipelines.periods import Period
from pipelines.usage.hours import HourlyUsage, hourly_usage
from pipelines.usage.levels import band_levels_table
from pipelines.utilization import windows_table
from pipelines.windows import Window, format_instant, parse_instant
from reports import growth, ladder
from reports.band import BandDay, BandDays
from reports.figures import Answer, Row
from reports.growth import Lane
from reports.ladder import Rung

Plain = tuple[str, str, Bounds, str, bool]
"""A period as `dashboard.store.plain` gives it."""


@remembered(32)
def answer(
    key: Key, period: Plain, pools: tuple[str, ...], balance_max_age_s: float, is_whole: bool
) -> Answer:
    """The rows of every lane: all windows of the page, or what is compared of the period's own."""
    asked = _period(period)
    table = windows_table(
        opened(key).connection,
        growth.asked_windows(asked) if is_whole else [asked.window],
        as_of=asked.as_of,
        pools=pools,
        balance_max_age=timedelta(seconds=balance_max_age_s),
        families=growth.FAMILIES if is_whole else growth.COMPARED,
        parts=growth.PARTS if is_whole else growth.COMPARED_PARTS,
        lanes=lanes(key, period[3]) if is_whole else None,
    )
    return Answer(asked, table, pools, first_event(key))


@remembered(32)
def hours(key: Key, period: Plain, pools: tuple[str, ...]) -> HourlyUsage:
    """The hours of the week, and the peaks of the period."""
    asked = _period(period)
    return hourly_usage(
        opened(key).connection,
        growth.asked_hours(asked),
        period=asked.window,
        zone=asked.zone,
        as_of=asked.as_of,
        known_from=first_event(key),
        pools=pools,
        lanes=lanes(key, period[3]),
    )


@remembered(32)
def rungs(
    key: Key, period: Plain, pools: tuple[str, ...], balance_max_age_s: float
) -> tuple[Rung, ...]:
    """The headroom ladder."""
    whole = answer(key, period, pools, balance_max_age_s, is_whole=True)
    peaks = hours(key, period, pools).peaks.to_pylist()
    return ladder.rungs(whole, outline(key, period[3]), peaks)


@remembered(32)
def band_days(key: Key, period: Plain, lane: Lane) -> BandDays:
    """The band of one lane on each day that the period touches, and through the last of them."""
    asked, zone = _period(period), zones(key, period[3])[lane[0]]
    days = growth.band_days(asked, zone)
    quarters = growth.quarters(days[-1], zone)
    rows = _levels(key, asked, lane, [*days, *quarters])
    last = [row for row in rows if row["window"] == quarters[0].name]
    daily = [row for row in rows if row["window"] == days[0].name]
    return BandDays(daily, days, asked, zone, BandDay(last, days[-1], asked, zone))


@remembered(64)
def band_day(key: Key, period: Plain, lane: Lane, day: Bounds) -> BandDay:
    """The band of one lane through one day."""
    asked, zone = _period(period), zones(key, period[3])[lane[0]]
    whole = _window(day)
    return BandDay(_levels(key, asked, lane, growth.quarters(whole, zone)), whole, asked, zone)


def _levels(key: Key, asked: Period, lane: Lane, windows: Sequence[Window]) -> list[Row]:
    (pool, currency), as_of = lane, format_instant(asked.as_of)
    connection = opened(key).connection
    table = band_levels_table(
        connection, windows, as_of=asked.as_of, pools=(pool,), lanes=lanes(key, as_of)
    )
    return [row for row in table.to_pylist() if row["currency"] == currency]


@remembered(16)
def zones(key: Key, as_of: str) -> dict[str, str]:
    """The zone in which each pool's band resets."""
    return lanes(key, as_of).zone_of


def _period(plain: Plain) -> Period:
    preset, zone, bounds, as_of, is_open = plain
    return Period(preset, zone, _window(bounds), parse_instant(as_of), is_open)


def _window(bounds: Bounds) -> Window:
    start, end, name = bounds
    return Window(parse_instant(start), parse_instant(end), name)
