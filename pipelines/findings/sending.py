"""Send what is due: begun on disk, handed over, and what came of it on disk again.

An intent is written before each attempt, so that nothing is lost. A process that ends between
sending and writing what came of it leaves that one in doubt: it is sent again, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipelines.errors import PipelineError
from pipelines.failpoints import reach
from pipelines.findings.delivery import File, Message, deliver
from pipelines.findings.journal import Entry, append
from pipelines.findings.notices import GIVEN_UP_AFTER, Attempted
from pipelines.places import Place
from pipelines.settings import Recipient
from pipelines.windows import format_instant

AGAIN = "This may have reached you already: what came of the first attempt is not known."
GONE = "the recipient is no longer among the settings"

Attach = Callable[[Entry], tuple[File, ...]]
"""Makes the files that go with an intent; a PipelineError is why they cannot be made."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one notice or review pack so far."""

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
    program_id: str | None = None
    """With `period`, the review of a `report`."""

    period: str | None = None

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
            "program_id": self.program_id,
            "period": self.period,
        }


def send(
    place: Place,
    recipients: Mapping[str, Recipient],
    waiting: Sequence[Attempted],
    at: datetime,
    attach: Attach | None = None,
) -> list[Delivery]:
    """Attempt of `waiting` what is due at the aware `at`, in its order; return what was attempted.

    Hold the journal around it. `attach` makes the files of an entry that has any.
    """
    found: list[Delivery] = []
    held: set[tuple[object, ...]] = set()
    for one in waiting:
        # What a recipient hears of one thing comes in its order: "over" never before "fires".
        about = (one.intent.recipient, one.intent.subject, one.intent.program_id)
        if about not in held and one.is_due(at):
            found.append(_attempt(place, recipients, one, at, attach))
        if about not in held and one.is_open:
            held.add(about)
    return found


def _attempt(
    place: Place,
    recipients: Mapping[str, Recipient],
    one: Attempted,
    at: datetime,
    attach: Attach | None,
) -> Delivery:
    recipient = recipients.get(one.intent.recipient or "")
    if recipient is None:
        return _ended(place, one, _outcome(one, "given_up", at, GONE))
    message = Message(one.intent.title or "", one.intent.body or "")
    if one.is_uncertain:
        message = replace(message, body=f"{AGAIN}\n\n{message.body}")
    append(place, [replace(one.intent, at=at)])
    reach("notice_begun")
    fault = _handed_over(recipient, message, one.intent, attach)
    reach("notice_handed_over")
    if fault is None:
        return _ended(place, one, _outcome(one, "sent", at, None))
    is_late = at - one.intent.at >= GIVEN_UP_AFTER
    return _ended(place, one, _outcome(one, "given_up" if is_late else "failed", at, fault))


def _handed_over(
    recipient: Recipient, message: Message, intent: Entry, attach: Attach | None
) -> str | None:
    """None when the service took it, else why it was not sent."""
    try:
        files = attach(intent) if attach is not None else ()
    except PipelineError as error:
        return f"its files could not be made: {error}"
    return deliver(recipient, replace(message, files=files))


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
    return delivery_of(one)


def delivery_of(one: Attempted, state: str | None = None) -> Delivery:
    """What came of an attempt, by default as its journal says."""
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
        one.intent.program_id,
        one.intent.period,
    )


def _state(one: Attempted) -> str:
    if one.outcome is not None:
        return str(one.outcome.event)
    return "in_doubt" if one.is_uncertain else "retrying"
