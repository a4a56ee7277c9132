"""What forecasts would have told in a span: limits each quarter hour, balances each third hour.

Each forecast is one that would have been made then, from earlier records alone. An episode of a
daily band is over when its day is, at the latest: the band resets. What a runway says holds until
the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import duckdb
import numpy as np

from pipelines.findings.catalogue import PACE, TOP_UP
from pipelines.findings.condition import HOLDS, NOT, UNKNOWN
from pipelines.findings.forecasting import ADVICE
from pipelines.findings.grid import slots_of
from pipelines.findings.pace_alert import PERSISTENCE, SURE, pace_phases
from pipelines.findings.replaying import Fired
from pipelines.findings.rules import Severity
from pipelines.findings.states import Episode, episodes, phases
from pipelines.forecast.advice_courses import advice_courses
from pipelines.forecast.band_courses import BandCourse, band_courses
from pipelines.forecast.shapes import Action
from pipelines.settings import Settings
from pipelines.windows import QUARTER_HOUR

RUNWAY_STEP = timedelta(hours=3)
"""Counted from midnight of UTC. Lead times of money are days, so that a look in between would tell
nobody anything sooner that they could act on."""

_RUNWAY_LEAD = timedelta(days=1)
"""How long before the span balances are followed, so that what fired before is not told again."""


@dataclass(frozen=True, slots=True)
class _Course:
    """What a rule said of one pool or currency at each of a span's quarters of an hour."""

    fired: Fired
    """The row of its episodes, but for their instants and severity."""

    instants: Sequence[datetime]
    severities: Sequence[Severity | None]

    def told(self, found: Episode) -> Iterator[Fired]:
        """The rows of one episode: when it fired and, where that came later, was critical."""
        over = None if found.recovered is None else self.instants[found.recovered]
        row = replace(self.fired, since=self.instants[found.since], recovered_at=over)
        severity = self.severities[found.fired] or "warning"
        yield replace(row, fired_at=self.instants[found.fired], severity=severity)
        rest = range(found.fired, found.recovered or len(self.instants))
        worst = next((at for at in rest if self.severities[at] == "critical"), None)
        if worst is not None and severity != "critical":
            yield replace(row, fired_at=self.instants[worst], severity="critical")


def replay_paces(
    connection: duckdb.DuckDBPyConnection, *, start: datetime, end: datetime
) -> list[Fired]:
    """Return the episodes of `limit_pace_exceeds` that fired in the aware `[start, end)`.

    `end` is not after the watermark. A second row of one episode says when it became critical.
    """
    instants = _quarters(start - PERSISTENCE - QUARTER_HOUR, end)
    return [
        one
        for (pool_id, currency), told in band_courses(connection, instants).items()
        for one in _pace_rows(_row(PACE.name, pool_id, currency, start), told, instants)
        if start <= one.fired_at < end
    ]


def replay_runways(
    connection: duckdb.DuckDBPyConnection, settings: Settings, *, start: datetime, end: datetime
) -> list[Fired]:
    """Return the same of `top_up_due`, as the runway of each `RUNWAY_STEP` advised."""
    instants = _quarters(start - _RUNWAY_LEAD, end)
    looks = instants[:: slots_of(RUNWAY_STEP)]
    return [
        one
        for currency, told in sorted(advice_courses(connection, settings, looks).items())
        for one in _runway_rows(_row(TOP_UP.name, None, currency, start), told, instants)
        if start <= one.fired_at < end
    ]


def _quarters(first: datetime, end: datetime) -> list[datetime]:
    """The quarters of an hour from the last look at a runway before `first` to `end`."""
    midnight = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begin = midnight + (first - midnight) // RUNWAY_STEP * RUNWAY_STEP
    count = (end - begin) // QUARTER_HOUR + 1
    return [begin + number * QUARTER_HOUR for number in range(max(count, 0))]


def _row(rule: str, pool_id: str | None, currency: str, at: datetime) -> Fired:
    named = None if pool_id is not None else currency
    return Fired(rule, "warning", pool_id, named, at, at, None)


def _pace_rows(row: Fired, told: BandCourse, instants: Sequence[datetime]) -> Iterator[Fired]:
    count, chances = len(instants), told.chances
    course = _Course(row, instants, ["critical" if one >= SURE else "warning" for one in chances])
    bounds = np.flatnonzero(np.diff(told.days)) + 1
    for first, last in pairwise([0, *bounds.tolist(), count]):
        for one in episodes(pace_phases(chances[first:last])):
            over = last if one.recovered is None else first + one.recovered
            shifted = Episode(first + one.since, first + one.fired, over if over < count else None)
            yield from course.told(shifted)


def _runway_rows(
    row: Fired, told: Mapping[datetime, Action], instants: Sequence[datetime]
) -> Iterator[Fired]:
    step = slots_of(RUNWAY_STEP)
    latest = [told.get(instants[place // step * step]) for place in range(len(instants))]
    severities = [None if action is None else ADVICE.get(action) for action in latest]
    statuses = [
        UNKNOWN if action is None or action not in ADVICE else HOLDS if ADVICE[action] else NOT
        for action in latest
    ]
    course = _Course(row, instants, severities)
    found = phases(np.array(statuses, dtype=np.int8), timedelta(0), timedelta(0))
    for one in episodes(found):
        yield from course.told(one)
