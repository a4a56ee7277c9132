"""Which notices are due: a pure function of findings, journal, recipients and the time.

One notice for each recipient, rule, pool or currency, day and severity. A finding at several
severities is told at its highest alone. While a notice is open, only a higher severity or the time
for a reminder makes another; that it is over is told once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.findings.finding import Finding
from pipelines.findings.journal import Entry, NoticeKind
from pipelines.findings.rules import SEVERITIES
from pipelines.places import Place
from pipelines.settings import Recipient
from pipelines.windows import format_instant

FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=3)
Subject = tuple[str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one recipient."""

    notice_id: str
    recipient: str
    kind: NoticeKind
    finding: Finding
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Snooze:
    """A rule that is not told of until a time, for one pool or all."""

    rule: str
    pool_id: str | None
    until: datetime
    reason: str
    author: str
    at: datetime

    @property
    def row(self) -> dict[str, object]:
        """The row of `utilization findings snoozes`."""
        return {
            "rule": self.rule,
            "pool_id": self.pool_id,
            "until": format_instant(self.until),
            "reason": self.reason,
            "author": self.author,
            "at": format_instant(self.at),
        }


@dataclass
class Attempted:
    """One notice and what came of it so far."""

    intent: Entry
    failures: int = 0
    last_failure: Entry | None = None
    outcome: Entry | None = None
    """That it was sent, or given up."""

    begun: int = 0
    """How often it was begun."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be delivered."""
        return self.outcome is None

    @property
    def is_uncertain(self) -> bool:
        """Whether a process ended before it could say what came of the last attempt."""
        return self.is_open and self.begun > self.failures

    def is_due(self, at: datetime) -> bool:
        """Whether its next attempt may be made: at once after a crash, later after a failure."""
        if not self.is_open or self.last_failure is None or self.is_uncertain:
            return self.is_open
        return at >= self.retry_at

    @property
    def retry_at(self) -> datetime:
        """When the next attempt may be made: 5 minutes after a failure, doubling up to 6 hours."""
        if self.last_failure is None:
            return self.intent.at
        doubled: timedelta = FIRST_RETRY * 2 ** min(self.failures - 1, 10)
        return self.last_failure.at + min(doubled, LONGEST_RETRY)


@dataclass
class Remembered:
    """What a journal comes to."""

    attempts: dict[str, Attempted] = field(default_factory=dict)
    """By notice, in the order in which they were begun."""

    snoozes: dict[tuple[str, str | None], Snooze] = field(default_factory=dict)

    def last(self, recipient: str, subject: Subject) -> Entry | None:
        """The last notice begun for a recipient about a subject, whatever came of it."""
        found = [
            one.intent
            for one in self.attempts.values()
            if one.intent.recipient == recipient and one.intent.subject == subject
        ]
        return found[-1] if found else None

    def is_snoozed(self, finding: Finding, at: datetime) -> bool:
        """Whether nobody wants to be told of a finding at this time."""
        keys = ((finding.rule, finding.pool_id), (finding.rule, None))
        return any(key in self.snoozes and at < self.snoozes[key].until for key in keys)


def remember(journal: Sequence[Entry]) -> Remembered:
    """Return what the steps of a journal come to."""
    found = Remembered()
    for entry in journal:
        key = (entry.rule, entry.pool_id)
        if entry.event == "snooze" and entry.until is not None:
            found.snoozes[key] = Snooze(
                *key, entry.until, entry.reason or "", entry.author or "", entry.at
            )
        elif entry.event == "unsnooze":
            found.snoozes.pop(key, None)
        elif entry.notice_id is not None:
            _remember_notice(found, entry.notice_id, entry)
    return found


def _remember_notice(found: Remembered, notice_id: str, entry: Entry) -> None:
    if entry.event == "intent":
        one = found.attempts.setdefault(notice_id, Attempted(entry))
        one.begun += 1
    elif notice_id in found.attempts:
        one = found.attempts[notice_id]
        if entry.event == "failed":
            one.failures += 1
            one.last_failure = entry
        else:
            one.outcome = entry


def due_notices(
    place: Place,
    findings: Sequence[Finding],
    remembered: Remembered,
    recipients: Sequence[Recipient],
    *,
    at: datetime,
    renotify_after: timedelta | None,
) -> list[Notice]:
    """Return the notices to begin at the aware `at`; those begun before are `remembered`.

    A recipient hears only of its own partners and environments, and where it names none of nobody.
    """
    return [
        notice
        for recipient in recipients
        if place.partner_id in recipient.partners and place.environment in recipient.environments
        for finding in findings
        for notice in _due(finding, remembered, recipient, at, renotify_after)
    ]


def _due(
    finding: Finding,
    remembered: Remembered,
    recipient: Recipient,
    at: datetime,
    renotify_after: timedelta | None,
) -> Iterator[Notice]:
    subject = (finding.rule, finding.pool_id, finding.currency)
    last = remembered.last(recipient.name, subject)
    is_told = last is not None and last.kind != "recovered"
    if finding.state in ("ok", "pending"):
        if last is not None and is_told:
            yield _notice(finding, recipient, "recovered", last.since, at)
        return
    if finding.state != "firing" or not _concerns(recipient, finding):
        return
    if remembered.is_snoozed(finding, at):
        return
    if last is None or not is_told:
        if not _was_told_today(remembered, recipient.name, finding, at):
            yield _notice(finding, recipient, "firing", finding.since, at)
    elif _rank(finding.severity) > _rank(last.severity):
        yield _notice(finding, recipient, "firing", finding.since, at)
    elif renotify_after is not None and at - last.at >= renotify_after:
        yield _notice(finding, recipient, "reminder", finding.since, at)


def _concerns(recipient: Recipient, finding: Finding) -> bool:
    is_pressing = _rank(finding.severity) >= _rank(recipient.min_severity)
    return is_pressing and (not recipient.rules or finding.rule in recipient.rules)


def _was_told_today(remembered: Remembered, recipient: str, finding: Finding, at: datetime) -> bool:
    """Whether that it fires, as severely, was told on the same UTC day: then once is enough."""
    subject = (finding.rule, finding.pool_id, finding.currency)
    return any(
        one.intent.recipient == recipient
        and one.intent.subject == subject
        and one.intent.kind == "firing"
        and one.intent.at.date() == at.date()
        and _rank(one.intent.severity) >= _rank(finding.severity)
        for one in remembered.attempts.values()
    )


def _notice(
    finding: Finding,
    recipient: Recipient,
    kind: NoticeKind,
    since: datetime | None,
    at: datetime,
) -> Notice:
    named = (
        recipient.name,
        finding.rule,
        finding.pool_id or "",
        finding.currency or "",
        finding.severity,
        kind,
        at.isoformat(),
    )
    digest = hashlib.sha256("\0".join(named).encode()).hexdigest()
    return Notice(f"n_{digest[:16]}", recipient.name, kind, finding, since)


def _rank(severity: str | None) -> int:
    ranks: Mapping[str | None, int] = {name: rank for rank, name in enumerate(SEVERITIES)}
    return ranks.get(severity, -1)
