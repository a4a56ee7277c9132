"""What pages ask of the core, remembered per build. An answer never changes, so all may share it.

Each function's key begins with the home, environment, partner and build: one partner's answer can
never be another's. A build stays open a while after it leaves the cache, for those still reading.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st

from dashboard.remembering import remembered
from pipelines.errors import NothingPublishedError
from pipelines.lanes import Lanes, read_lanes
from pipelines.metrics.catalog import FAMILIES
from pipelines.outline import Outline, read_first_event, read_outline
from pipelines.periods import Period
from pipelines.places import Place
from pipelines.publish import read_pointer
from pipelines.serving import Build, open_file
from pipelines.utilization import windows_table
from pipelines.windows import Window, format_instant, parse_instant
from reports.figures import COMPARED, Answer, asked_windows

CLOSE_AFTER_SECONDS = 60

Key = tuple[str, str, str, str]
"""Home, environment, partner and build file: what every cached answer belongs to."""

Bounds = tuple[str, str, str]
"""A window as text: start, end, name."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Which build to ask: primitive values, fit for a cache's key."""

    home: str
    environment: str
    partner_id: str
    build_file: str

    @property
    def key(self) -> Key:
        return self.home, self.environment, self.partner_id, self.build_file


def current(place: Place) -> Handle:
    """The newest build of `place`, read from its pointer now; NothingPublishedError for none."""
    pointer = read_pointer(place)
    if pointer is None:
        raise NothingPublishedError(f"nothing is published for {place.partner_id}")
    handle = Handle(str(place.home), place.environment, place.partner_id, str(pointer["file"]))
    build = opened(handle.key)
    if (build.environment, build.partner_id) != (place.environment, place.partner_id):
        raise NothingPublishedError(f"the build published for {place.partner_id} is not its own")
    return handle


def _close_late(build: Build) -> None:
    timer = threading.Timer(CLOSE_AFTER_SECONDS, build.connection.close)
    timer.daemon = True
    timer.start()


@st.cache_resource(max_entries=8, show_spinner=False, on_release=_close_late)
def opened(key: Key) -> Build:
    """The build, open. Ask it through a cursor only."""
    home, environment, partner_id, build_file = key
    return open_file(Place(Path(home), environment, partner_id).serving.joinpath(build_file))


@remembered(16)
def outline(key: Key, as_of: str) -> Outline:
    """Programs, lanes, limits and sources as of an RFC 3339 instant."""
    return read_outline(opened(key), parse_instant(as_of))


@remembered(16)
def lanes(key: Key, as_of: str) -> Lanes:
    """The lanes as of an RFC 3339 instant, for questions as of then."""
    return read_lanes(opened(key).connection, parse_instant(as_of))


@remembered(16)
def first_event(key: Key) -> datetime | None:
    """Since when anything is known: asked alone, because it is the same as of every instant."""
    return read_first_event(opened(key))


@remembered(32)
def answer(
    key: Key,
    period: tuple[str, str, Bounds, str, bool],
    pools: tuple[str, ...],
    basis: str,
    balance_max_age_s: float,
    is_whole: bool,
) -> Answer:
    """The answer to one view: all windows of the page, or what is compared of the period's own.

    `period` is its preset, zone, window, as_of and whether it is open, as `plain` gives them.
    """
    preset, zone, (start, end, name), as_of, is_open = period
    asked = Period(
        preset,
        zone,
        Window(parse_instant(start), parse_instant(end), name),
        parse_instant(as_of),
        is_open,
    )
    windows = asked_windows(asked) if is_whole else [asked.window]
    table = windows_table(
        opened(key).connection,
        windows,
        as_of=asked.as_of,
        pools=pools,
        basis=basis,
        balance_max_age=timedelta(seconds=balance_max_age_s),
        families=FAMILIES if is_whole else COMPARED,
    )
    return Answer(asked, table, pools, first_event(key))


def plain(period: Period) -> tuple[str, str, Bounds, str, bool]:
    """A period as the primitive values of a cache's key."""
    window = period.window
    return (
        period.preset,
        period.zone,
        (format_instant(window.start), format_instant(window.end), window.name),
        format_instant(period.as_of),
        period.is_open,
    )
