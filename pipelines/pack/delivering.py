"""Deliver review packs: to each recipient of a partner that wants them, one a program and period.

They go the way of notices, through the same journal: begun on disk, sent, what came of it on disk
again, attempted again in time. A pack is made anew for each attempt, from the records of then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from pipelines.findings.delivery import Message
from pipelines.findings.journal import Entry, read_journal, telling
from pipelines.findings.notices import Attempted, remember
from pipelines.findings.notifying import scoped
from pipelines.findings.sending import Attach, Delivery, send
from pipelines.outline import read_outline
from pipelines.pack.due import Due, due_reports
from pipelines.places import Place
from pipelines.review.terms import read_terms
from pipelines.serving import opened
from pipelines.settings import Settings

RULE = "review_due"
"""What stands in the journal where a notice has its rule."""

Compose = Callable[[Place, Due, str], Message]
"""Puts a review that is due into words, with the id of its delivery."""


def deliver_reports(
    settings: Settings,
    place: Place,
    *,
    at: datetime,
    compose: Compose,
    attach: Attach,
    wait_seconds: float,
) -> list[Delivery]:
    """Send the packs of a partner that are due at the aware `at`; return what was attempted.

    Due is what `due_reports` says as of the watermark. Raises NothingPublishedError, UsageError
    for a recipient's rule that there is not, and HomeLockedError when another process is telling.
    """
    recipients = {name: one for name, one in scoped(settings, place).items() if one.reports}
    with telling(place, wait_seconds):
        attempts = remember(read_journal(place)).attempts
        waiting = [one for one in attempts.values() if one.intent.kind == "report"]
        if recipients:
            for review in _due(place):
                begun = [_begun(place, review, name, at, compose) for name in recipients]
                waiting += [Attempted(one) for one in begun if one.notice_id not in attempts]
        return send(place, recipients, waiting, at, attach)


def _due(place: Place) -> list[Due]:
    with opened(place) as build:
        if build.watermark is None:
            return []
        programs = read_terms(build.connection, build.watermark)
        first = read_outline(build, build.watermark).first_event
    return due_reports(place, programs, first_event=first, as_of=build.watermark)


def _begun(place: Place, review: Due, recipient: str, at: datetime, compose: Compose) -> Entry:
    named = "\0".join((RULE, recipient, review.program_id, review.period))
    notice_id = f"n_{hashlib.sha256(named.encode()).hexdigest()[:16]}"
    message = compose(place, review, notice_id)
    return Entry(
        "intent",
        at,
        RULE,
        notice_id=notice_id,
        recipient=recipient,
        kind="report",
        since=review.window.end,
        title=message.title,
        body=message.body,
        program_id=review.program_id,
        period=review.period,
    )
