"""The launch plan as a checklist: which evidence of each phase the records hold.

Phases and their evidence are those of the program's launch plan. `met` and `missing` are said
where records decide it; everything else is `unknown`, and stays so until somebody brings a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pipelines.pack.advised import Advised
from pipelines.pack.journal import Decision, open_decisions
from pipelines.pack.scope import Scope
from pipelines.pack.trials import FirstDay, SandboxTrials
from pipelines.periods import local_dates
from pipelines.review.intervals import Share
from pipelines.review.scorecard import Review
from pipelines.review.states import OLD_EXCEPTION, SEVERE

MET, MISSING, UNKNOWN = "met", "missing", "unknown"
PHASES = ("design", "sandbox", "pilot", "expansion", "ongoing")
READY = ("funding_ready", "webhooks_ready", "monitoring_ready", "support_ready")
BY_PEOPLE = {
    "design": ("use_case_reviewed", "compliance_agreed", "headless_needed"),
    "sandbox": ("packet_replayed",),
    "pilot": ("alerts_reviewed",),
}
"""Evidence that no record tells, by phase."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: its phase, its name, whether it is there, and the figures behind it.

    Figures are by name; a value's type says what it is: an int counts, a Decimal is an amount or a
    share as the name says, a datetime an instant, a timedelta an age.
    """

    phase: str
    name: str
    state: str
    reason: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Grounds:
    """All that the evidence is judged from."""

    scope: Scope
    review: Review
    sandbox: SandboxTrials | None
    first_day: FirstDay | None
    band_pools: Sequence[str]
    """Approved pools with a daily band in force as the window ends."""

    has_limits: bool
    """Whether any limit of these pools has arrived."""

    bridge: Sequence[Row]
    """Per currency, of the window."""

    balances: Sequence[Row]
    """Per currency, as the window ends."""

    balance_refusals: int | None
    """None where no failed call has arrived."""

    missing_webhooks: int | None
    """None where no webhook has arrived."""

    decisions: Sequence[Decision]
    is_frozen_before: bool
    """Whether the review before this one was frozen."""

    advised: Advised


def launch_evidence(grounds: Grounds) -> list[Evidence]:
    """The evidence of all phases, in their order."""
    found = [
        *_design(grounds),
        *_sandbox(grounds.sandbox),
        *_pilot(grounds),
        *_quality(grounds),
        *_books(grounds),
        *_support(grounds),
        *_ongoing(grounds),
    ]
    by_people = (
        Evidence(phase, name, UNKNOWN, "not_recorded")
        for phase, names in BY_PEOPLE.items()
        for name in names
    )
    return sorted([*found, *by_people], key=lambda one: PHASES.index(one.phase))


def _held(phase: str, name: str, holds: bool, **figures: Any) -> Evidence:
    return Evidence(phase, name, MET if holds else MISSING, "", figures)


def _design(grounds: Grounds) -> Iterator[Evidence]:
    terms = grounds.scope.terms
    yield _held("design", "product_named", bool(terms.product), product=terms.product)
    pools = terms.approved_pools
    yield _held("design", "pools_approved", bool(pools), pools=len(pools))
    if not grounds.has_limits:
        yield Evidence("design", "limits_agreed", UNKNOWN, "no_limits")
    else:
        banded = [pool for pool in pools if pool in grounds.band_pools]
        yield _held(
            "design", "limits_agreed", len(banded) == len(pools), banded=len(banded), of=len(pools)
        )
    if terms.funding_model is None:
        yield Evidence("design", "funding_named", UNKNOWN, "not_recorded")
    else:
        yield _held("design", "funding_named", True, funding=terms.funding_model)


_TRIED = ("firm_quotes", "settled_trades", "unsettled_trades", "delivered_webhooks")


def _sandbox(trials: SandboxTrials | None) -> Iterator[Evidence]:
    for name in (*_TRIED, "ledger_tied"):
        if trials is None:
            yield Evidence("sandbox", f"sandbox_{name}", UNKNOWN, "no_sandbox")
        elif name == "ledger_tied":
            entries, still_open = trials.ledger_entries, trials.open_exceptions
            holds = entries > 0 and still_open == 0
            yield _held(
                "sandbox", f"sandbox_{name}", holds, entries=entries, open_exceptions=still_open
            )
        else:
            count = getattr(trials, name)
            yield _held("sandbox", f"sandbox_{name}", count > 0, count=count)


def _pilot(grounds: Grounds) -> Iterator[Evidence]:
    terms = grounds.scope.terms
    for name in READY:
        yield _held("pilot", name, getattr(terms, name))
    if terms.first_order_limit is None:
        yield Evidence("pilot", "first_order_limit", UNKNOWN, "not_recorded")
    else:
        yield _held("pilot", "first_order_limit", True, limit=terms.first_order_limit)
    yield from _first_day(grounds.scope, grounds.first_day)
    told = grounds.advised.told
    if told is None:
        yield Evidence("pilot", "alerts_sent", UNKNOWN, "no_notice")
    else:
        figures = {"sent": told.sent, "not_sent": told.not_sent}
        yield _held("pilot", "alerts_sent", told.sent > 0 and told.not_sent == 0, **figures)


def _first_day(scope: Scope, day: FirstDay | None) -> Iterator[Evidence]:
    names = ("first_day_reconciled", "first_day_ended")
    reason = _why_no_first_day(scope, day)
    if day is None or reason:
        yield from (Evidence("pilot", name, UNKNOWN, reason) for name in names)
        return
    told = {"day": day.start, "trades": day.trades}
    if day.is_reconciled:
        holds = day.open_exceptions == 0
        yield _held("pilot", names[0], holds, **told, open_exceptions=day.open_exceptions)
    else:
        yield Evidence("pilot", names[0], UNKNOWN, "not_reconciled", told)
    yield _held(
        "pilot", names[1], day.still_reserved == 0, **told, still_reserved=day.still_reserved
    )


def _why_no_first_day(scope: Scope, day: FirstDay | None) -> str:
    live = [one for one in scope.versions if one.phase in ("pilot", "expansion", "ongoing")]
    if not live:
        return "not_live"
    if scope.first_event > live[0].effective_from:
        return "before_records"
    return "" if day is not None else "no_trade"


def bounded(name: str, share: Share, bound: Decimal | None) -> Evidence:
    """A share against the partner's own bound; unknown without one, and over too few events."""
    told = {"share": share.value, "part": share.part, "whole": share.whole, "bound": bound}
    if share.is_few:
        return Evidence("expansion", name, UNKNOWN, "few", told)
    if bound is None or share.value is None:
        return Evidence("expansion", name, UNKNOWN, "no_bound", told)
    return _held("expansion", name, share.value <= bound, **told)


def _quality(grounds: Grounds) -> Iterator[Evidence]:
    review, bounds = grounds.review, grounds.review.asked.bounds
    now = review.current
    unsettled = now.share(["failed_trades", "released_trades"], "left_trades")
    yield bounded("failures_low", unsettled, bounds.failed_trades)
    refused = now.share(["unavailable_quotes"], "quote_requests")
    yield bounded("unavailable_low", refused, bounds.unavailable)
    errors = now.share(["limit_errors"], "quote_requests")
    yield bounded("limit_errors_low", errors, bounds.limit_errors)
    largest = [peak for peak in now.peaks if peak.figure == "max_order_usage"]
    if largest:
        usage = max(peak.usage for peak in largest)
        yield _held("expansion", "orders_within_limit", usage <= 1, usage=usage)
    else:
        yield Evidence("expansion", "orders_within_limit", UNKNOWN, "no_limits")
    if review.over is None:
        yield Evidence("expansion", "reserved_in_time", UNKNOWN, "not_exact")
    else:
        number, bound = review.over[0], bounds.reserved_age
        yield _held("expansion", "reserved_in_time", number == 0, trades=number, over=bound)


def _books(grounds: Grounds) -> Iterator[Evidence]:
    yield _all_of("balance_explained", grounds.bridge, "unexplained", lambda amount: amount == 0)
    yield _all_of("balance_above_floor", grounds.balances, "above_floor", lambda room: room >= 0)
    yield _none_of("no_balance_refusals", grounds.balance_refusals)
    cases = grounds.review.current.cases
    if cases.exceptions is None:
        yield Evidence("expansion", "no_old_exception", UNKNOWN, "not_ingested")
    else:
        oldest = timedelta(seconds=cases.oldest_exception_s or 0)
        told = {"count": cases.exceptions_of("open_at_end"), "oldest": oldest}
        yield _held("expansion", "no_old_exception", oldest <= OLD_EXCEPTION, **told)
    yield _none_of("webhooks_complete", grounds.missing_webhooks)


def _none_of(name: str, count: int | None) -> Evidence:
    if count is None:
        return Evidence("expansion", name, UNKNOWN, "not_ingested")
    return _held("expansion", name, count == 0, count=count)


def _all_of(name: str, rows: Sequence[Row], figure: str, holds: Any) -> Evidence:
    """Met where every currency's figure holds, missing where one does not, else unknown."""
    known = {row["currency"]: row[figure] for row in rows if row[figure] is not None}
    told = {"known": len(known), "of": len(rows)}
    broken = sorted(code for code, value in known.items() if not holds(value))
    if broken:
        return Evidence("expansion", name, MISSING, "", {**told, "currencies": ", ".join(broken)})
    if not rows or len(known) < len(rows):
        return Evidence("expansion", name, UNKNOWN, "not_all_known", told)
    return Evidence("expansion", name, MET, "", told)


def _support(grounds: Grounds) -> Iterator[Evidence]:
    yield _held("expansion", "support_ready", grounds.scope.terms.support_ready)
    if not grounds.review.asked.has_tickets:
        yield Evidence("expansion", "no_severe_ticket", UNKNOWN, "not_ingested")
        return
    types = ("escalation", "incident", "complaint")
    severe = grounds.review.current.cases.tickets_of(types, "open_at_end", SEVERE)
    yield _held("expansion", "no_severe_ticket", severe == 0, count=severe)


def _ongoing(grounds: Grounds) -> Iterator[Evidence]:
    if grounds.is_frozen_before:
        yield _held("ongoing", "review_before_kept", True)
    else:
        yield Evidence("ongoing", "review_before_kept", MISSING, "not_frozen")
    cases = grounds.review.current.cases
    if grounds.review.asked.has_tickets:
        incidents = cases.tickets_of(["incident"], "open_at_end")
        yield _held("ongoing", "incidents_resolved", incidents == 0, count=incidents)
    else:
        yield Evidence("ongoing", "incidents_resolved", UNKNOWN, "not_ingested")
    still_open = cases.exceptions_of("open_at_end")
    if still_open is None:
        yield Evidence("ongoing", "exceptions_resolved", UNKNOWN, "not_ingested")
    else:
        yield _held("ongoing", "exceptions_resolved", still_open == 0, count=still_open)
    fired = grounds.advised.episodes
    firing = sum(one.fired.recovered_at is None for one in fired)
    yield _held("ongoing", "findings_over", firing == 0, firing=firing, of=len(fired))
    open_ones, overdue = open_decisions(
        grounds.decisions, local_dates([grounds.scope.as_of], grounds.scope.zone)[0]
    )
    yield _held("ongoing", "decisions_in_time", overdue == 0, count=open_ones, overdue=overdue)


def counted(evidence: Sequence[Evidence], phase: str) -> dict[str, int]:
    """How many pieces of evidence of a phase are in each state."""
    states = [one.state for one in evidence if one.phase == phase]
    return {state: states.count(state) for state in (MET, MISSING, UNKNOWN)}


def next_phase(phase: str) -> str:
    """The phase after `phase`; the last one is followed by itself."""
    return PHASES[min(PHASES.index(phase) + 1, len(PHASES) - 1)]
