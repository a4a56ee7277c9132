"""What the Growth page asks, remembered per build as in `dashboard.store`."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard.store import Bounds, Key, opened, outline
from pipelines.periods import Period
from pipelines.usage.hours import HourlyUsage, hourly_usage
from pipelines.usage.levels import band_levels_table, pool_zones
from pipelines.utilization import windows_table
from pipelines.windows import Window, parse_instant
from reports import growth
from reports.figures import Answer, Row

Plain = tuple[str, str, Bounds, str, bool]
"""A period as `dashboard.store.plain` gives it."""


@st.cache_resource(ttl="1h", max_entries=32, show_spinner=False)
def answer(
    key: Key, period: Plain, pools: tuple[str, ...], balance_max_age_s: float, is_whole: bool
) -> Answer:
    """The rows of every lane: all windows of the page, or the period's own alone."""
    asked = _period(period)
    table = windows_table(
        opened(key).connection,
        growth.asked_windows(asked) if is_whole else [asked.window],
        as_of=asked.as_of,
        pools=pools,
        balance_max_age=timedelta(seconds=balance_max_age_s),
        parts=growth.PARTS,
    )
    return Answer(asked, table, pools, outline(key, period[3]).first_event)


@st.cache_resource(ttl="1h", max_entries=32, show_spinner=False)
def hours(key: Key, period: Plain, pools: tuple[str, ...]) -> HourlyUsage:
    """The hours of the week, and the peaks of the period."""
    asked = _period(period)
    return hourly_usage(
        opened(key).connection,
        growth.asked_hours(asked),
        period=asked.window,
        zone=asked.zone,
        as_of=asked.as_of,
        known_from=outline(key, period[3]).first_event,
        pools=pools,
    )


@st.cache_resource(ttl="1h", max_entries=64, show_spinner=False)
def levels(key: Key, as_of: str, lane: tuple[str, str | None], windows: tuple[Bounds, ...]) -> Rows:
    """The band of one lane at the end of each window."""
    pool, currency = lane
    table = band_levels_table(
        opened(key).connection,
        [Window(parse_instant(start), parse_instant(end), name) for start, end, name in windows],
        as_of=parse_instant(as_of),
        pools=(pool,),
    )
    return [row for row in table.to_pylist() if row["currency"] == currency]


Rows = list[Row]


@st.cache_resource(ttl="1h", max_entries=16, show_spinner=False)
def zones(key: Key, as_of: str) -> dict[str, str]:
    """The zone in which each pool's band resets."""
    return pool_zones(opened(key).connection, parse_instant(as_of))


def _period(plain: Plain) -> Period:
    preset, zone, (start, end, name), as_of, is_open = plain
    window = Window(parse_instant(start), parse_instant(end), name)
    return Period(preset, zone, window, parse_instant(as_of), is_open)
