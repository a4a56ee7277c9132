"""Tell whom it concerns: what is due, begun on disk, sent, and what came of it on disk again.

An intent is written before each attempt, so that nothing is lost. A process that ends between
sending and writing what came of it leaves that one in doubt: it is sent again, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipelines.errors import UsageError
from pipelines.failpoints import reach
from pipelines.findings.asking import ask_findings
from pipelines.findings.catalogue import ALL_RULES
from pipelines.findings.delivery import Message, deliver
from pipelines.findings.journal import Entry, append, read_journal, telling
from pipelines.findings.notices import (
    GIVEN_UP_AFTER,
    Attempted,
    Notice,
    Remembered,
    Snooze,
    due_notices,
    remember,
)
from pipelines.places import Place
from pipelines.settings import Recipient, Settings
from pipelines.windows import format_instant

AGAIN = "This may have reached you already: what came of the first attempt is not known."
GONE = "the recipient is no longer among the settings"

Compose = Callable[[Place, Notice], Message]
"""Puts a notice into words."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one notice so far."""

    notice_id: str
    recipient: str
    kind: str
    rule: str
    pool_id: str | None
    currency: str | None
    severity: str
    begun_at: datetime
    state: str
    """`due` (nothing was sent yet), `sent`, `retrying`, `in_doubt` or `given_up`."""

    attempts: int
    at: datetime
    """Of the last step."""

    retry_at: datetime | None = None
    fault: str | None = None

    @property
    def row(self) -> dict[str, object]:
        """The row of `utilization findings deliveries`."""
        retry = None if self.retry_at is None else format_instant(self.retry_at)
        return {
            "notice_id": self.notice_id,
            "recipient": self.recipient,
            "kind": self.kind,
            "rule": self.rule,
            "pool_id": self.pool_id,
            "currency": self.currency,
            "severity": self.severity,
            "begun_at": format_instant(self.begun_at),
            "state": self.state,
            "attempts": self.attempts,
            "at": format_instant(self.at),
            "retry_at": retry,
            "fault": self.fault,
        }


def notify(
    settings: Settings,
    place: Place,
    *,
    at: datetime,
    compose: Compose,
    wait_seconds: float,
    is_dry_run: bool = False,
) -> list[Delivery]:
    """Tell the recipients of a partner what is due at the aware `at`; return what was attempted.

    Findings are as of `at`, so that records which have stopped arriving are told of. A delivery
    that fails is attempted again by a later call, not before its time, and given up after three
    days. With `is_dry_run` nothing is sent or written. Raises as `ask_findings`, UsageError for a
    recipient's rule that there is not, and HomeLockedError when another process is telling.
    """
    recipients = _scoped(settings, place)
    if not recipients:
        return []
    with telling(place, wait_seconds):
        found = ask_findings(settings, place, at, wait_seconds=wait_seconds).findings
        remembered = remember(read_journal(place))
        due = due_notices(
            place,
            found,
            remembered,
            list(recipients.values()),
            at=at,
            renotify_after=settings.renotify_after,
        )
        begun = [_begun(notice, compose(place, notice), at) for notice in due]
        if is_dry_run:
            return [_delivery(Attempted(entry), "due") for entry in begun]
        return _tell(place, recipients, (remembered, begun), at)


def deliveries(place: Place) -> list[Delivery]:
    """What came of every notice of a partner, the newest first."""
    attempts = remember(read_journal(place)).attempts.values()
    return [_delivery(one) for one in reversed(list(attempts))]


def retries_due(place: Place, at: datetime) -> bool:
    """Whether a delivery that failed, or is in doubt, may be attempted again at the aware `at`."""
    return any(one.is_due(at) for one in remember(read_journal(place)).attempts.values())


def snooze(
    place: Place,
    wanted: Snooze,
    *,
    wait_seconds: float,
) -> None:
    """Have nobody told of a rule, for one pool or all, until a time.

    Raises UsageError for a rule that there is not, a reason that is empty and a time that is past.
    """
    if wanted.rule not in ALL_RULES:
        raise UsageError(f"no rule {wanted.rule!r}; docs/findings.md lists them")
    if not wanted.reason.strip():
        raise UsageError("a snooze needs a reason; give --reason")
    if wanted.until <= wanted.at:
        raise UsageError("a snooze ends after it begins; give --for")
    entry = Entry(
        "snooze",
        wanted.at,
        wanted.rule,
        wanted.pool_id,
        until=wanted.until,
        reason=wanted.reason.strip(),
        author=wanted.author,
    )
    with telling(place, wait_seconds):
        append(place, [entry])


def unsnooze(
    place: Place,
    rule: str,
    pool_id: str | None,
    *,
    at: datetime,
    author: str,
    wait_seconds: float,
) -> None:
    """End a snooze early; UsageError where there is none."""
    with telling(place, wait_seconds):
        if (rule, pool_id) not in remember(read_journal(place)).snoozes:
            raise UsageError(f"no snooze of {rule!r} for this pool; `utilization findings snoozes`")
        append(place, [Entry("unsnooze", at, rule, pool_id, author=author)])


def snoozes(place: Place, at: datetime) -> list[Snooze]:
    """The snoozes that hold at the aware `at`, the one that ends first first."""
    held = remember(read_journal(place)).snoozes.values()
    return sorted((one for one in held if at < one.until), key=lambda one: one.until)


def _scoped(settings: Settings, place: Place) -> dict[str, Recipient]:
    for recipient in settings.recipients:
        for rule in recipient.rules:
            if rule not in ALL_RULES:
                raise UsageError(
                    f"recipient {recipient.name!r}: no rule {rule!r}; docs/findings.md lists them"
                )
    return {
        recipient.name: recipient
        for recipient in settings.recipients
        if place.partner_id in recipient.partners and place.environment in recipient.environments
    }


def _begun(notice: Notice, message: Message, at: datetime) -> Entry:
    finding = notice.finding
    return Entry(
        "intent",
        at,
        finding.rule,
        finding.pool_id,
        finding.currency,
        notice.notice_id,
        notice.recipient,
        notice.kind,
        finding.severity,
        notice.since,
        message.title,
        message.body,
    )


def _tell(
    place: Place,
    recipients: dict[str, Recipient],
    told: tuple[Remembered, Sequence[Entry]],
    at: datetime,
) -> list[Delivery]:
    """Attempt what is due: those begun before, in their order, then those begun now."""
    remembered, begun = told
    waiting = [one for one in remembered.attempts.values() if one.is_open]
    waiting += [Attempted(entry) for entry in begun]
    found: list[Delivery] = []
    held: set[tuple[object, ...]] = set()
    for one in waiting:
        # What a recipient hears of one thing comes in its order: "over" never before "fires".
        about = (one.intent.recipient, one.intent.subject)
        if about not in held and one.is_due(at):
            found.append(_attempt(place, recipients, one, at))
        if about not in held and one.is_open:
            held.add(about)
    return found


def _attempt(
    place: Place, recipients: dict[str, Recipient], one: Attempted, at: datetime
) -> Delivery:
    recipient = recipients.get(one.intent.recipient or "")
    if recipient is None:
        return _ended(place, one, _outcome(one, "given_up", at, GONE))
    message = Message(one.intent.title or "", one.intent.body or "")
    if one.is_uncertain:
        message = replace(message, body=f"{AGAIN}\n\n{message.body}")
    append(place, [replace(one.intent, at=at)])
    reach("notice_begun")
    fault = deliver(recipient, message)
    reach("notice_handed_over")
    if fault is None:
        return _ended(place, one, _outcome(one, "sent", at, None))
    is_late = at - one.intent.at >= GIVEN_UP_AFTER
    return _ended(place, one, _outcome(one, "given_up" if is_late else "failed", at, fault))


def _outcome(
    one: Attempted, event: Literal["sent", "failed", "given_up"], at: datetime, fault: str | None
) -> Entry:
    return replace(one.intent, event=event, at=at, title=None, body=None, fault=fault)


def _ended(place: Place, one: Attempted, entry: Entry) -> Delivery:
    append(place, [entry])
    one.begun += 1
    if entry.event == "failed":
        one.failures = one.begun
        one.last_failure = entry
    else:
        one.outcome = entry
    return _delivery(one)


def _delivery(one: Attempted, state: str | None = None) -> Delivery:
    last = one.outcome or one.last_failure or one.intent
    return Delivery(
        one.intent.notice_id or "",
        one.intent.recipient or "",
        one.intent.kind or "",
        one.intent.rule,
        one.intent.pool_id,
        one.intent.currency,
        one.intent.severity or "",
        one.intent.at,
        state or _state(one),
        one.begun,
        last.at,
        one.retry_at if one.is_open and one.last_failure is not None else None,
        last.fault,
    )


def _state(one: Attempted) -> str:
    if one.outcome is not None:
        return str(one.outcome.event)
    return "in_doubt" if one.is_uncertain else "retrying"
