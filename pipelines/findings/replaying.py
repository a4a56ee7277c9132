"""What would have been told in a span of time: every episode of every rule that fired in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipelines.findings.catalogue import RULES, STALE
from pipelines.findings.judging import HORIZON, Judgement, whole_quarter
from pipelines.findings.options import Options
from pipelines.findings.rules import Rule, Severity
from pipelines.findings.states import episodes
from pipelines.windows import QUARTER_HOUR, format_instant


@dataclass(frozen=True, slots=True)
class Fired:
    """One episode of a rule: when its condition began to hold, when it fired, when it was over."""

    rule: str
    severity: Severity
    pool_id: str | None
    currency: str | None
    since: datetime
    fired_at: datetime
    recovered_at: datetime | None

    @property
    def row(self) -> dict[str, object]:
        """The row of `utilization findings --replay`."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "pool_id": self.pool_id,
            "currency": self.currency,
            "since": format_instant(self.since),
            "fired_at": format_instant(self.fired_at),
            "recovered_at": None
            if self.recovered_at is None
            else format_instant(self.recovered_at),
        }


def replay(
    connection: duckdb.DuckDBPyConnection,
    *,
    start: datetime,
    end: datetime,
    watermark: datetime,
    options: Options,
    rules: Mapping[str, Rule] = RULES,
) -> list[Fired]:
    """Return every episode that fired in `[start, end)`, by when it did: what would have been told.

    States are followed from 62 days before `start`, as they are for one instant.
    """
    last = whole_quarter(min(end, watermark))
    judgement = Judgement(connection, whole_quarter(start) - HORIZON, last, options, rules)
    found = [
        fired
        for rule in judgement.asked()
        for fired in _fired(judgement, rule)
        if start <= fired.fired_at < end
    ]
    return in_order(found)


def replay_staleness(
    *, start: datetime, end: datetime, watermark: datetime, options: Options
) -> list[Fired]:
    """Return that records ended too early, where it fires in `[start, end)`.

    By the records that are there now: when they had come in the past is not looked at.
    """
    fired_at = whole_quarter(watermark + options.stale_after) + QUARTER_HOUR
    if not start <= fired_at < end:
        return []
    return [Fired(STALE.name, "warning", None, None, watermark, fired_at, None)]


def in_order(found: Iterable[Fired]) -> list[Fired]:
    """The episodes by when they fired."""
    return sorted(
        found, key=lambda one: (one.fired_at, one.rule, one.pool_id or "", one.currency or "")
    )


def _fired(judgement: Judgement, rule: Rule) -> Iterator[Fired]:
    frame = judgement.frame(rule)
    statuses = judgement.statuses(rule)
    for row, subject in judgement.rows(rule):
        for level, status in zip(rule.levels, statuses, strict=True):
            for one in episodes(judgement.level_phases(rule, level, status[row])):
                over = None if one.recovered is None else frame.instant(one.recovered)
                yield Fired(
                    rule.name,
                    level.severity,
                    subject.pool_id,
                    subject.currency,
                    frame.instant(one.since),
                    frame.instant(one.fired),
                    over,
                )
