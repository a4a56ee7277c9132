"""The questions about findings, asked of a partner's newest build."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pipelines.books.queries import naive
from pipelines.errors import UsageError
from pipelines.findings.catalogue import ALL_RULES, PACE, RULES, STALE, TOP_UP
from pipelines.findings.explaining import explain
from pipelines.findings.finding import Finding
from pipelines.findings.forecast_replay import replay_paces, replay_runways
from pipelines.findings.forecasting import read_forecast_findings
from pipelines.findings.ids import with_ids
from pipelines.findings.judging import pressing, read_findings, unknown, whole_quarter
from pipelines.findings.options import options_of
from pipelines.findings.replaying import Fired, in_order, replay, replay_staleness
from pipelines.metrics.catalog import load_query
from pipelines.places import Place
from pipelines.serving import Build, opened
from pipelines.settings import Settings


@dataclass(frozen=True, slots=True)
class Told:
    """The findings of one partner as of one instant."""

    place: Place
    as_of: datetime
    watermark: datetime
    findings: tuple[Finding, ...]


def findings_of(build: Build, settings: Settings, as_of: datetime | None = None) -> list[Finding]:
    """The findings of an open build, the most pressing first, without the ids of records.

    `as_of` None is the watermark. No findings where nothing has arrived yet.
    """
    if build.watermark is None:
        return []
    moment, watermark = as_of or build.watermark, build.watermark
    options = options_of(settings)
    found = read_findings(build.connection, as_of=moment, watermark=watermark, options=options)
    judged_at = whole_quarter(min(moment, watermark))
    forecast = read_forecast_findings(build.connection, settings, judged_at)
    if moment - watermark > options.stale_after:
        forecast = [unknown(finding, watermark) for finding in forecast]
    return pressing([*explain(build.connection, found, judged_at), *forecast])


def ask_findings(
    settings: Settings, place: Place, as_of: datetime | None, *, wait_seconds: float
) -> Told:
    """The findings of a partner with the ids of what they are about, the most pressing first.

    `as_of` None is the watermark; later than it, findings say by how much records are behind.
    Raises NothingPublishedError, UsageError where nothing with a time has arrived, and
    HomeLockedError when a writer keeps the facts for the wait.
    """
    with opened(place) as build:
        watermark = _watermark(build)
        found = with_ids(
            findings_of(build, settings, as_of),
            build=build.connection,
            lanes=_lanes(build, as_of or watermark),
            settings=settings,
            place=place,
            wait_seconds=wait_seconds,
        )
    return Told(place, as_of or watermark, watermark, tuple(found))


def ask_replay(
    settings: Settings,
    place: Place,
    start: datetime,
    end: datetime,
    rules: Collection[str] | None = None,
) -> list[Fired]:
    """Every episode that fired in `[start, end)`, of the named rules or of all, by when it did.

    Raises as `ask_findings`, and UsageError for an empty span.
    """
    with opened(place) as build:
        return replay_of(build, settings, start, end, rules)


def replay_of(
    build: Build,
    settings: Settings,
    start: datetime,
    end: datetime,
    rules: Collection[str] | None = None,
) -> list[Fired]:
    """Return the same of an open build; UsageError as `ask_replay`."""
    if start >= end:
        raise UsageError("a replay needs a start before its end")
    watermark, options = _watermark(build), options_of(settings)
    wanted = ALL_RULES.keys() if rules is None else rules
    connection, last = build.connection, min(end, watermark)
    asked = {name: rule for name, rule in RULES.items() if name in wanted}
    found = replay(
        connection, start=start, end=end, watermark=watermark, options=options, rules=asked
    )
    if PACE.name in wanted:
        found += replay_paces(connection, start=start, end=last)
    if TOP_UP.name in wanted:
        found += replay_runways(connection, settings, start=start, end=last)
    if STALE.name in wanted:
        found += replay_staleness(start=start, end=end, watermark=watermark, options=options)
    return in_order(found)


def _watermark(build: Build) -> datetime:
    if build.watermark is None:
        raise UsageError("nothing with a time of its own has arrived yet; ingest first")
    return build.watermark


def _lanes(build: Build, as_of: datetime) -> list[tuple[str, str | None]]:
    query = load_query("reported_lanes")
    given = {"as_of": naive(as_of), "pools": None}
    with build.connection.cursor() as cursor:
        used = {name: given[name] for name in query.parameters}
        rows = cursor.execute(query.sql, used).fetchall()
    return [(pool, currency) for pool, currency, *_ in rows]
