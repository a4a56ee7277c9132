"""The questions about findings, asked of a partner's newest build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.books.queries import naive
from pipelines.errors import UsageError
from pipelines.findings.explaining import explain
from pipelines.findings.finding import Finding
from pipelines.findings.forecasting import read_forecast_findings
from pipelines.findings.ids import with_ids
from pipelines.findings.judging import (
    Fired,
    pressing,
    read_findings,
    replay,
    unknown,
    whole_quarter,
)
from pipelines.findings.options import options_of
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


def ask_replay(settings: Settings, place: Place, start: datetime, end: datetime) -> list[Fired]:
    """Every episode that fired in `[start, end)`; raises as `ask_findings`, and UsageError for an
    empty span.
    """
    if start >= end:
        raise UsageError("a replay needs a start before its end")
    with opened(place) as build:
        options, watermark = options_of(settings), _watermark(build)
        return replay(build.connection, start=start, end=end, watermark=watermark, options=options)


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
