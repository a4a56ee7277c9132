"""The scorecard of one review: each item's state, its figures then and before, and its trend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import duckdb

from pipelines.review.changes import Change, largest_changes
from pipelines.review.readings import Cases, Reading, over_threshold, read_cases, read_spans
from pipelines.review.spans import trend_weeks, window_before
from pipelines.review.states import (
    COMPLAINTS,
    ESCALATIONS,
    ITEMS,
    NOT_INGESTED,
    UNKNOWN,
    Bounds,
    Judged,
    Verdict,
    judge,
    known_minutes,
)
from pipelines.windows import Window

Height = int | Decimal | None
BAD_ENDINGS = ("failed_trades", "released_trades", "returned_trades")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which review: a complete period of the program's zone, and whose pools."""

    window: Window
    zone: str
    pools: tuple[str, ...]
    first_event: datetime
    as_of: datetime
    bounds: Bounds
    has_tickets: bool
    before: Window | None = None
    """What it is held against; None for the whole calendar period before it."""


@dataclass(frozen=True, slots=True)
class Week:
    """One item in one week of the trend."""

    window: Window
    height: Height
    """What the trend draws; None where the week is not known whole."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Since:
    """From which week on, in a row, an item has been in its state when judged by the week."""

    start: datetime
    weeks: int
    is_at_least: bool
    """Whether the row reaches back to the first week that can be judged."""


@dataclass(frozen=True)
class Item:
    """One row of the scorecard."""

    name: str
    verdict: Verdict
    weeks: Sequence[Week]
    since: Since | None
    """None where the last week by itself is in another state, or none is known."""


@dataclass(frozen=True)
class Review:
    """One review, answered."""

    asked: Asked
    current: Reading
    before: Reading
    weeks: Sequence[Reading]
    items: Sequence[Item]
    over: tuple[int, Mapping[str, Decimal]] | None
    """Trades reserved over the bound at the end and their notional; None where not exact."""

    over_before: tuple[int, Mapping[str, Decimal]] | None
    changes: Sequence[Change]
    now_open: Cases
    """Tickets and exceptions as of `asked.as_of`; only what is open then."""


def read_review(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Review:
    """Answer one review; cursors of `connection` are used. Every span ends by `asked.as_of`."""
    earlier = asked.before or window_before(asked.window, asked.zone)
    weeks = trend_weeks(asked.window, asked.zone)
    now, before, *by_week = read_spans(
        connection,
        [asked.window, earlier, *weeks],
        pools=asked.pools,
        first_event=asked.first_event,
        as_of=asked.as_of,
    )
    over, over_before = (
        over_threshold(
            connection, window.end, pools=asked.pools, threshold=asked.bounds.reserved_age
        )
        for window in (asked.window, earlier)
    )
    return Review(
        asked,
        now,
        before,
        by_week[1:],
        [_item(name, asked, now, before, by_week) for name in ITEMS],
        over,
        over_before if before.is_whole else None,
        largest_changes(now, before) if now.is_whole and before.is_whole else (),
        _now_open(connection, asked),
    )


def _now_open(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Cases:
    until_now = Window(asked.window.start, asked.as_of, "now")
    (cases,) = read_cases(connection, [until_now], pools=asked.pools, as_of=asked.as_of)
    return cases


def _item(
    name: str, asked: Asked, now: Reading, before: Reading, by_week: Sequence[Reading]
) -> Item:
    verdict = judge(name, _judged(asked, now, before))
    weeks = [
        _week(name, reading, _by_week(name, asked, reading, earlier))
        for earlier, reading in pairwise(by_week)
    ]
    return Item(name, verdict, weeks, _since(verdict.state, weeks))


def _judged(asked: Asked, now: Reading, before: Reading) -> Judged:
    comparable = before if before.is_whole and now.is_whole else None
    return Judged(now, comparable, asked.bounds, asked.has_tickets)


def _by_week(name: str, asked: Asked, now: Reading, before: Reading) -> Verdict:
    if not now.is_whole:
        return Verdict(UNKNOWN, "not_whole")
    return judge(name, _judged(asked, now, before))


def _since(state: str, weeks: Sequence[Week]) -> Since | None:
    if state == UNKNOWN:
        return None
    row = []
    for week in reversed(weeks):
        if week.verdict.state != state:
            break
        row.append(week)
    if not row:
        return None
    judged = [week for week in weeks if week.verdict.state != UNKNOWN]
    return Since(row[-1].window.start, len(row), row[-1] is judged[0])


def _week(name: str, reading: Reading, verdict: Verdict) -> Week:
    """What the trend of an item draws; nothing where no such record has ever arrived."""
    is_known = reading.is_whole and verdict.reason != NOT_INGESTED
    return Week(reading.window, _HEIGHTS[name](reading) if is_known else None, verdict)


def _highest_peak(reading: Reading) -> Height:
    return reading.peaks[0].usage if reading.peaks else None


def _unavailable_minutes(reading: Reading) -> Height:
    minutes = known_minutes(reading)
    return minutes.part if minutes.whole else None


_HEIGHTS: Mapping[str, Callable[[Reading], Height]] = {
    "limits": _highest_peak,
    "availability": _unavailable_minutes,
    "failed_trades": lambda reading: sum(map(reading.total, BAD_ENDINGS)),
    "reserved_age": lambda reading: reading.stock.oldest_age_s or 0,
    "escalations": lambda reading: reading.cases.tickets_of(ESCALATIONS, "opened"),
    "ledger_exceptions": lambda reading: reading.cases.exceptions_of("arising"),
    "complaints": lambda reading: reading.cases.tickets_of(COMPLAINTS, "opened"),
}
