"""All figures of one pack, read of one build: nothing above this computes any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.asof import build_as_of
from pipelines.books.queries import naive
from pipelines.errors import UsageError
from pipelines.outline import Outline, read_outline
from pipelines.pack.advised import Advised, read_advised
from pipelines.pack.books import Books, read_books
from pipelines.pack.journal import Decision, Journal, read_journal
from pipelines.pack.launch import Evidence, Grounds, launch_evidence
from pipelines.pack.launch_pools import PoolEvidence, pool_evidence
from pipelines.pack.quality import Quality, read_quality
from pipelines.pack.queries import query
from pipelines.pack.scope import Scope, Wanted, scope_of
from pipelines.pack.trials import read_first_day, read_sandbox
from pipelines.places import Place
from pipelines.review.scorecard import Asked, Review, read_review
from pipelines.review.states import Bounds
from pipelines.review.terms import limit_history, read_terms
from pipelines.serving import Build
from pipelines.settings import Settings
from pipelines.usage.levels import LIMIT_PARTS
from pipelines.utilization import windows_table
from pipelines.windows import calendar_windows

PARTS = (*LIMIT_PARTS, "limit_errored_quotes")
PERIOD, BEFORE, DAYS = "period", "before", "days"
"""The parts that rows of `usage` play, as their `window`."""


@dataclass(frozen=True)
class Figures:
    """Everything that one pack says. Rows are those of the pools of its scope alone."""

    scope: Scope
    definitions: str
    outline: Outline
    review: Review
    usage: pa.Table
    """Utilization rows; `window` is `period`, `before` or `days`."""

    limits: pa.Table
    books: Books
    advised: Advised
    quality: Quality
    journal: Journal
    decisions: Sequence[Decision]
    evidence: Sequence[Evidence]
    pools: Sequence[PoolEvidence]
    """The evidence for expansion, pool by pool."""


@contextmanager
def opened_scope(
    settings: Settings, place: Place, wanted: Wanted, *, wait_seconds: float
) -> Iterator[tuple[Build, Outline, Scope]]:
    """Yield a build exact as of the instant that is wanted, its outline and the scope."""
    with build_as_of(settings, place, wanted.as_of, wait_seconds=wait_seconds) as build:
        moment = wanted.as_of or build.watermark
        if moment is None:
            raise UsageError("nothing with a time of its own has arrived yet; give --as-of")
        moment = moment.astimezone(UTC)
        outline = read_outline(build, moment)
        scope = scope_of(
            place,
            read_terms(build.connection, moment),
            wanted,
            first_event=outline.first_event,
            as_of=moment,
            exact=outline.exact,
        )
        yield build, outline, scope


def read_figures(
    settings: Settings, place: Place, wanted: Wanted, *, wait_seconds: float = 30
) -> Figures:
    """Return every figure of the review that is wanted; errors as for `scope_of`."""
    journal = read_journal(place, wanted.journal_entries)
    with opened_scope(settings, place, wanted, wait_seconds=wait_seconds) as found:
        build, outline, scope = found
        connection = build.connection
        usage = _usage(settings, connection, scope)
        currencies = _currencies(usage)
        figures = Figures(
            scope=scope,
            definitions=build.definitions,
            outline=outline,
            review=_review(settings, connection, outline, scope),
            usage=usage,
            limits=limit_history(connection, scope.pools, scope.as_of),
            books=read_books(settings, connection, scope, currencies),
            advised=read_advised(settings, connection, scope, currencies),
            quality=read_quality(connection, scope, knows_frozen=wanted.knows_frozen),
            journal=journal,
            decisions=journal.decisions_for(scope.program_id, scope.whole.end),
            evidence=(),
            pools=(),
        )
        grounds = _grounds(connection, figures)
        return replace(
            figures,
            evidence=launch_evidence(grounds),
            pools=pool_evidence(grounds, figures.books.exceptions.to_pylist()),
        )


def _grounds(connection: duckdb.DuckDBPyConnection, figures: Figures) -> Grounds:
    """What the evidence of the launch plan is judged by."""
    scope, books = figures.scope, figures.books
    return Grounds(
        scope=scope,
        review=figures.review,
        sandbox=read_sandbox(scope.place, scope.pools, scope.as_of),
        first_day=read_first_day(connection, scope.pools, scope.zone, scope.as_of),
        band_pools=_band_pools(connection, books.at),
        has_limits=figures.limits.num_rows > 0,
        bridge=books.bridge.to_pylist(),
        balances=books.balances.to_pylist(),
        balance_refusals=_refusals(figures.usage, figures.outline),
        missing_webhooks=_rows_of(books.missing_webhooks),
        decisions=figures.decisions,
        is_frozen_before=figures.quality.frozen_before is not None,
        advised=figures.advised,
    )


def own_bounds(settings: Settings) -> Bounds:
    """The bounds that the partner set for itself."""
    return Bounds(
        failed_trades=settings.failed_trade_bound,
        unavailable=settings.unavailable_bound,
        limit_errors=settings.limit_error_bound,
        reserved_age=settings.reserved_age_threshold,
    )


def _review(
    settings: Settings, connection: duckdb.DuckDBPyConnection, outline: Outline, scope: Scope
) -> Review:
    asked = Asked(
        scope.window,
        scope.zone,
        scope.pools,
        scope.first_event,
        scope.as_of,
        own_bounds(settings),
        any(one.kind == "tickets" for one in outline.arrived),
        scope.before,
    )
    return read_review(connection, asked)


def _usage(settings: Settings, connection: duckdb.DuckDBPyConnection, scope: Scope) -> pa.Table:
    days = calendar_windows("day", scope.window.start, scope.window.end, scope.zone)
    windows = [
        replace(scope.window, name=PERIOD),
        replace(scope.before, name=BEFORE),
        *(replace(day, name=DAYS) for day in days),
    ]
    return windows_table(
        connection,
        windows,
        as_of=scope.as_of,
        pools=scope.pools,
        balance_max_age=settings.balance_max_age,
        parts=PARTS,
    )


def _currencies(usage: pa.Table) -> list[str]:
    return [code for code in pc.unique(usage.column("currency")).to_pylist() if code is not None]


def _rows_of(table: pa.Table | None) -> int | None:
    return None if table is None else table.num_rows


def _band_pools(connection: duckdb.DuckDBPyConnection, at: datetime) -> list[str]:
    with connection.cursor() as cursor:
        rows = cursor.execute(query("banded_pools"), {"at": naive(at)}).fetchall()
    return [pool for (pool,) in rows]


def _refusals(usage: pa.Table, outline: Outline) -> int | None:
    """Calls refused for want of balance in the period; None where no failed call is ingested."""
    if not any(one.kind == "errors" for one in outline.arrived):
        return None
    rows = usage.filter(pc.equal(usage.column("window"), PERIOD))
    seen: dict[str, int] = {}
    for row in rows.select(["pool_id", "balance_errors"]).to_pylist():
        seen[row["pool_id"]] = row["balance_errors"] or 0
    return sum(seen.values())
