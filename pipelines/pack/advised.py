"""What was forecast and found for one review: runways, how true forecasts were, what fired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from pipelines.findings.catalogue import PACE, TOP_UP
from pipelines.findings.finding import Finding
from pipelines.findings.forecast_replay import replay_paces, replay_runways
from pipelines.findings.forecasting import read_forecast_findings
from pipelines.findings.journal import Entry
from pipelines.findings.journal import read_journal as read_notices
from pipelines.findings.judging import read_findings, whole_quarter
from pipelines.findings.notices import remember
from pipelines.findings.options import options_of
from pipelines.findings.replaying import Fired, in_order, replay
from pipelines.forecast.accuracy import accuracy
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import Accuracy, Runway
from pipelines.pack.scope import Scope
from pipelines.settings import Settings

_OPEN = ("firing", "recovering")


@dataclass(frozen=True, slots=True)
class Episode:
    """A finding of the period, and what became of it by the pack's instant."""

    fired: Fired
    action: str | None
    """What the partner may do as of the pack's instant; None where it is over."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the notices begun before the pack's instant."""

    sent: int
    not_sent: int
    """Given up, or not delivered by then."""


@dataclass(frozen=True)
class Advised:
    """Forecasts and findings of the pools of a review, and of their currencies."""

    runways: Sequence[Runway]
    """As of the pack's instant, by currency."""

    accuracies: Sequence[Accuracy]
    """Of the forecasts made for days of the period; `short_history` where nothing is known."""

    episodes: Sequence[Episode]
    """What began to fire in the period, by when it did."""

    told: Told | None
    """None where no notice was begun before the pack's instant."""


def read_advised(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    currencies: Sequence[str],
) -> Advised:
    """Return what was forecast and found; `connection` is exact as of the scope's instant.

    Only records from before that instant, and notices begun before it, are looked at.
    """
    # Arithmetic on long arrays lets other threads run, and bands are most of a pack's time.
    with ThreadPoolExecutor(1) as beside:
        of_bands = beside.submit(_of_bands, connection, scope)
        scored = accuracy(
            connection,
            as_of=whole_quarter(scope.window.end),
            settings=settings,
            since=scope.window.start,
        )
        lasting = runway(
            connection, as_of=scope.as_of, settings=settings, currencies=list(currencies)
        )
        of_others = _of_others(settings, connection, scope)
        fired = in_order([*of_others, *of_bands.result()])
    return Advised(
        runways=lasting,
        accuracies=[one for one in scored if _is_about(one, scope, currencies)],
        episodes=list(_episodes(settings, connection, scope, currencies, fired)),
        told=_told(scope, currencies),
    )


def _of_bands(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Fired]:
    # An episode of a day's band ends with its day, in whatever zone.
    end = min(scope.as_of, scope.window.end + timedelta(days=2))
    return replay_paces(connection, start=_start(scope), end=end)


def _of_others(
    settings: Settings, connection: duckdb.DuckDBPyConnection, scope: Scope
) -> list[Fired]:
    """Judged as if records ended at the pack's instant: later ones must not change what is said."""
    at, start, options = scope.as_of, _start(scope), options_of(settings)
    return [
        *replay(connection, start=start, end=at, watermark=at, options=options),
        *replay_runways(connection, settings, start=start, end=at),
    ]


def _start(scope: Scope) -> datetime:
    return max(scope.window.start, scope.first_event)


def _is_about(one: Accuracy | Fired | Entry, scope: Scope, currencies: Sequence[str]) -> bool:
    """Whether it is about a pool of the program, one of its currencies, or the whole partner."""
    if one.pool_id is not None:
        return one.pool_id in scope.pools
    return one.currency is None or one.currency in currencies


def _episodes(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    currencies: Sequence[str],
    fired: Sequence[Fired],
) -> Iterator[Episode]:
    """What fired in the period, with what may be done of it as of the pack's instant."""
    at, options = scope.as_of, options_of(settings)
    issued = [
        one
        for one in fired
        if one.fired_at < scope.window.end and _is_about(one, scope, currencies)
    ]
    lasting = {one.rule for one in issued if one.recovered_at is None}
    findings: list[Finding] = []
    if lasting - {PACE.name, TOP_UP.name}:
        findings += read_findings(connection, as_of=at, watermark=at, options=options)
    if lasting & {PACE.name, TOP_UP.name}:
        findings += read_forecast_findings(connection, settings, whole_quarter(at))
    actions = {
        (one.rule, one.pool_id, one.currency): one.action for one in findings if one.state in _OPEN
    }
    for one in issued:
        is_over = one.recovered_at is not None
        action = None if is_over else actions.get((one.rule, one.pool_id, one.currency))
        yield Episode(one, action)


def _told(scope: Scope, currencies: Sequence[str]) -> Told | None:
    entries = [
        one
        for one in read_notices(scope.place)
        if one.at < scope.as_of and _is_about(one, scope, currencies)
    ]
    begun = remember(entries).attempts.values()
    sent = sum(one.outcome is not None and one.outcome.event == "sent" for one in begun)
    return Told(sent, len(begun) - sent) if begun else None
