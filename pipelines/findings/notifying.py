"""Tell whom it concerns: which notices are due now, what came of those before, and snoozes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipelines.errors import UsageError
from pipelines.findings.asking import ask_findings
from pipelines.findings.catalogue import ALL_RULES
from pipelines.findings.delivery import Message
from pipelines.findings.journal import Entry, append, read_journal, telling
from pipelines.findings.notices import (
    Attempted,
    Notice,
    Snooze,
    due_notices,
    remember,
)
from pipelines.findings.sending import Delivery, delivery_of, send
from pipelines.places import Place
from pipelines.settings import Recipient, Settings

Compose = Callable[[Place, Notice], Message]
"""Puts a notice into words."""


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
    recipients = scoped(settings, place)
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
            return [delivery_of(Attempted(entry), "due") for entry in begun]
        waiting = [one for one in remembered.attempts.values() if one.intent.kind != "report"]
        return send(place, recipients, [*waiting, *map(Attempted, begun)], at)


def deliveries(place: Place) -> list[Delivery]:
    """What came of every notice and review pack of a partner, the newest first."""
    attempts = remember(read_journal(place)).attempts.values()
    return [delivery_of(one) for one in reversed(list(attempts))]


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


def has_recipients(settings: Settings, place: Place) -> bool:
    """Whether anybody would be told of a partner's findings."""
    return any(_hears_of(recipient, place) for recipient in settings.recipients)


def _hears_of(recipient: Recipient, place: Place) -> bool:
    return place.partner_id in recipient.partners and place.environment in recipient.environments


def scoped(settings: Settings, place: Place) -> dict[str, Recipient]:
    """The recipients that may hear of a partner, by name; UsageError for a rule there is not."""
    for recipient in settings.recipients:
        for rule in recipient.rules:
            if rule not in ALL_RULES:
                raise UsageError(
                    f"recipient {recipient.name!r}: no rule {rule!r}; docs/findings.md lists them"
                )
    return {
        recipient.name: recipient
        for recipient in settings.recipients
        if _hears_of(recipient, place)
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
