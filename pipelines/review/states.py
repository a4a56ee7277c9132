"""The state of each review item, by plain rules: what holds, against what, and never more.

A share is judged against the span before and the partner's own bound; what is open, by its age or
severity. Use of a limit is not judged: reaching one is worth watching, nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from pipelines.review.intervals import Share
from pipelines.review.readings import Reading

STEADY, WATCH, LOOK, UNKNOWN = "steady", "watch", "look", "unknown"
STATES = (STEADY, WATCH, LOOK, UNKNOWN)
NOT_INGESTED = "not_ingested"
"""The reason of a state that is unknown because no such record has ever arrived."""

ITEMS = (
    "limits",
    "availability",
    "failed_trades",
    "reserved_age",
    "escalations",
    "ledger_exceptions",
    "complaints",
)
ESCALATIONS = ("escalation", "incident")
COMPLAINTS = ("complaint",)
SEVERE = ("S1", "S2")
OLD_EXCEPTION = timedelta(days=7)
LONG_RESERVED = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the partner set for itself; a share's bound is None where it set none."""

    failed_trades: Decimal | None = None
    unavailable: Decimal | None = None
    limit_errors: Decimal | None = None
    reserved_age: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, and which part of its rule led to it."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A span to judge, the one before it where both are known whole, and the bounds."""

    current: Reading
    before: Reading | None
    bounds: Bounds
    has_tickets: bool
    """Whether any ticket has ever arrived."""


def judge(item: str, judged: Judged) -> Verdict:
    """The state of one of `ITEMS`."""
    return _RULES[item](judged)


def judge_share(now: Share, before: Share | None, bound: Decimal | None) -> Verdict:
    """Judge a share that should not rise, against its bound and the span before.

    Fewer than 30 events say too little, in either span.
    """
    if now.whole == 0:
        return Verdict(UNKNOWN, "nothing")
    if now.is_few:
        return Verdict(UNKNOWN, "few")
    if bound is not None and now.value is not None and now.value > bound:
        return Verdict(LOOK, "above_bound")
    if before is None or before.is_few:
        reason = "no_before" if before is None else "few_before"
        return Verdict(UNKNOWN, reason) if bound is None else Verdict(STEADY, "below_bound")
    if now.is_above(before):
        is_twice = now.part * before.whole >= 2 * before.part * now.whole
        return Verdict(LOOK, "twice") if is_twice else Verdict(WATCH, "higher")
    return Verdict(STEADY, "lower" if before.is_above(now) else "within")


def _share(judged: Judged, parts: Sequence[str], whole: str, bound: Decimal | None) -> Verdict:
    before = judged.before.share(parts, whole) if judged.before is not None else None
    return judge_share(judged.current.share(parts, whole), before, bound)


def _limits(judged: Judged) -> Verdict:
    errors = _share(judged, ["limit_errors"], "quote_requests", judged.bounds.limit_errors)
    if errors.state in (LOOK, WATCH):
        return errors
    if judged.current.peaks and judged.current.peaks[0].usage >= 1:
        return Verdict(WATCH, "reached")
    return errors


def _availability(judged: Judged) -> Verdict:
    bound = judged.bounds.unavailable
    minutes = known_minutes(judged.current)
    if bound is not None and minutes.value is not None and minutes.value > bound:
        return Verdict(LOOK, "minutes_above_bound")
    return _share(judged, ["unavailable_quotes"], "quote_requests", bound)


def known_minutes(reading: Reading) -> Share:
    """The minutes for which lanes were unavailable, of those known, added over pools; whole."""
    minute = timedelta(minutes=1) // timedelta(microseconds=1)
    down = reading.total("unavailable_us")
    return Share(down // minute, (down + reading.total("available_us")) // minute)


def _failed_trades(judged: Judged) -> Verdict:
    bound = judged.bounds.failed_trades
    unsettled = _share(judged, ["failed_trades", "released_trades"], "left_trades", bound)
    returned = _share(judged, ["returned_trades"], "settled_trades", bound)
    if returned.state in (LOOK, WATCH) and unsettled.state != LOOK:
        return Verdict(returned.state, f"returned_{returned.reason}")
    return unsettled


def _reserved_age(judged: Judged) -> Verdict:
    stock, most = judged.current.stock, judged.bounds.reserved_age
    if stock.oldest_age_s is None:
        has_trades = judged.current.total("left_trades") or stock.trades
        return Verdict(STEADY, "none") if has_trades else Verdict(UNKNOWN, "nothing")
    if stock.oldest_age_s > max(most, LONG_RESERVED) // _SECOND:
        return Verdict(LOOK, "long")
    return Verdict(WATCH, "over") if stock.oldest_age_s > most // _SECOND else Verdict(STEADY, "in")


def _tickets(judged: Judged, types: Sequence[str]) -> Verdict:
    if not judged.has_tickets:
        return Verdict(UNKNOWN, NOT_INGESTED)
    if judged.current.cases.tickets_of(types, "open_at_end", SEVERE):
        return Verdict(LOOK, "severe")
    is_open = judged.current.cases.tickets_of(types, "open_at_end")
    return Verdict(WATCH, "open") if is_open else Verdict(STEADY, "none")


def _escalations(judged: Judged) -> Verdict:
    return _tickets(judged, ESCALATIONS)


def _complaints(judged: Judged) -> Verdict:
    return _tickets(judged, COMPLAINTS)


def _ledger_exceptions(judged: Judged) -> Verdict:
    still_open = judged.current.cases.exceptions_of("open_at_end")
    if still_open is None:
        return Verdict(UNKNOWN, NOT_INGESTED)
    if not still_open:
        return Verdict(STEADY, "none")
    oldest = judged.current.cases.oldest_exception_s or 0
    return Verdict(LOOK, "old") if oldest > OLD_EXCEPTION // _SECOND else Verdict(WATCH, "open")


_RULES: Mapping[str, Callable[[Judged], Verdict]] = {
    "limits": _limits,
    "availability": _availability,
    "failed_trades": _failed_trades,
    "reserved_age": _reserved_age,
    "escalations": _escalations,
    "ledger_exceptions": _ledger_exceptions,
    "complaints": _complaints,
}
