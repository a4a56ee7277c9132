"""Which records a finding is about: the ids that support starts from, a bounded list of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import duckdb

from pipelines.books.queries import naive
from pipelines.drill.events import Asked, find_events, reserved_events
from pipelines.findings.catalogue import RULES
from pipelines.findings.finding import MOST_IDS, Finding
from pipelines.findings.queries import answer
from pipelines.findings.signals import CONTRADICTIONS
from pipelines.findings.stocks import LEDGER_KINDS, ORDER_KINDS, UNTOLD_FOR
from pipelines.places import Place
from pipelines.reading import reading
from pipelines.settings import Settings
from pipelines.windows import QUARTER_HOUR, Window

OPEN = ("firing", "pending", "recovering")
_DAY = timedelta(days=1)
_INSTEAD = "try again, or raise --wait"
_UNPAID, _CONFLICT = 402, 409


@dataclass(frozen=True, slots=True)
class Source:
    """Where ids come from: a build or the facts, and the lanes that are reported."""

    connection: duckdb.DuckDBPyConnection
    settings: Settings
    lanes: Sequence[tuple[str, str | None]]

    def lanes_of(self, finding: Finding) -> list[tuple[str, str | None]]:
        """The lanes a finding is about."""
        return [
            (pool, currency)
            for pool, currency in self.lanes
            if finding.pool_id in (None, pool) and finding.currency in (None, currency)
        ]


Lister = Callable[[Source, Finding], list[str]]


def with_ids(
    findings: Sequence[Finding],
    *,
    build: duckdb.DuckDBPyConnection,
    lanes: Sequence[tuple[str, str | None]],
    settings: Settings,
    place: Place,
    wait_seconds: float,
) -> list[Finding]:
    """Return the findings, the open ones with the ids of what they are about, 20 at most.

    Raises HomeLockedError when a writer keeps the facts for the wait.
    """
    found = _listed(findings, FROM_BUILD, Source(build, settings, lanes))
    if not any(_list_of(finding) in FROM_FACTS for finding in found):
        return found
    with reading(settings, place, wait_seconds, instead=_INSTEAD) as facts:
        return _listed(found, FROM_FACTS, Source(facts, settings, lanes))


def _listed(
    findings: Sequence[Finding], listers: Mapping[str, Lister], source: Source
) -> list[Finding]:
    return [
        replace(finding, ids=tuple(dict.fromkeys(listers[name](source, finding)))[:MOST_IDS])
        if (name := _list_of(finding)) in listers
        else finding
        for finding in findings
    ]


def _list_of(finding: Finding) -> str:
    rule = RULES.get(finding.rule)
    return (rule.ids or "") if rule is not None and finding.state in OPEN else ""


def _window(finding: Finding) -> Window:
    """The window judged; of a stock the quarter hour before it."""
    start = min(finding.period_start, finding.period_end - QUARTER_HOUR)
    return Window(start, finding.period_end, finding.rule)


def _events(source: Source, finding: Finding, *names: str, key: str = "request_id") -> list[str]:
    found: list[dict[str, Any]] = []
    for pool, currency in source.lanes_of(finding):
        for name in names:
            asked = Asked(name, pool, currency, _window(finding), finding.period_end)
            codes = source.settings.limit_error_codes
            found += find_events(source.connection, asked, codes).to_pylist()
    found.sort(key=lambda row: row["event_at"], reverse=True)
    return [row[key] for row in found if row[key] is not None]


def _returned(source: Source, finding: Finding) -> list[str]:
    found = []
    for pool, currency in source.lanes_of(finding):
        asked = Asked("undelivered_trades", pool, currency, _window(finding), finding.period_end)
        found += find_events(source.connection, asked).to_pylist()
    return [row["transact_id"] for row in found if row["reason"] == "returned"]


def _reserved(source: Source, finding: Finding) -> list[str]:
    over = timedelta(0)
    if finding.rule == "reservations_stuck":
        is_old = finding.severity == "critical"
        over = _DAY if is_old else source.settings.reserved_age_threshold
    rows = reserved_events(
        source.connection, as_of=finding.period_end, over=over, trades="facts.trade_state"
    ).to_pylist()
    return [row["transact_id"] for row in reversed(rows) if row["pool_id"] == finding.pool_id]


def _calls(source: Source, finding: Finding, http_status: int) -> list[str]:
    window = _window(finding)
    given = {
        "start": naive(window.start),
        "end": naive(window.end),
        "pools": [pool for pool, _ in source.lanes_of(finding)],
        "http_status": http_status,
        "most": MOST_IDS,
    }
    return _first_column(source.connection, "refused_calls", given)


def _exceptions(
    source: Source, finding: Finding, kinds: Sequence[str], *, is_window: bool = False
) -> list[str]:
    given = {
        "start": naive(finding.period_start) if is_window else None,
        "end": naive(finding.period_end),
        "kinds": list(kinds),
        "pool_id": finding.pool_id,
        "most": MOST_IDS,
    }
    return _first_column(source.connection, "open_exceptions", given)


def _untold(source: Source, finding: Finding) -> list[str]:
    given = {
        "start": naive(finding.period_end - UNTOLD_FOR),
        "end": naive(finding.period_end),
        "pool_id": finding.pool_id,
        "lateness": source.settings.webhook_lateness,
        "most": MOST_IDS,
    }
    return _first_column(source.connection, "untold_trades", given)


def _first_column(
    connection: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, Any]
) -> list[str]:
    found: list[str] = answer(connection, name, given).column(0).to_pylist()
    return found


FROM_BUILD: Mapping[str, Lister] = {
    "ledger_exceptions": lambda source, one: _exceptions(source, one, LEDGER_KINDS),
    "order_exceptions": lambda source, one: _exceptions(source, one, ORDER_KINDS),
    "contradicting_records": lambda source, one: _exceptions(
        source, one, CONTRADICTIONS, is_window=True
    ),
    "missing_webhooks": _untold,
}
FROM_FACTS: Mapping[str, Lister] = {
    "unavailable_quotes": lambda source, one: _events(source, one, "unavailable_quotes"),
    "failed_quotes": lambda source, one: _events(
        source, one, "unavailable_quotes", "errored_quotes"
    ),
    "limit_errors": lambda source, one: _events(source, one, "limit_errors"),
    "expired_quotes": lambda source, one: _events(source, one, "expired_quotes"),
    "undelivered_trades": lambda source, one: _events(
        source, one, "undelivered_trades", key="transact_id"
    ),
    "returned_trades": _returned,
    "reserved_trades": _reserved,
    "balance_errors": lambda source, one: _calls(source, one, _UNPAID),
    "transact_conflicts": lambda source, one: _calls(source, one, _CONFLICT),
}
LISTS = (*FROM_BUILD, *FROM_FACTS)
