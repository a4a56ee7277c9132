"""Where the figures stand that a finding is about: a page, one of its panels, and a list of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from pipelines.findings.catalogue import RULES
from pipelines.findings.finding import Finding
from pipelines.outline import Outline
from pipelines.periods import local_dates
from pipelines.windows import Window, last_instant
from reports.advice_words import PACE_TITLE, RUNWAY_TITLE
from reports.links import drill_link


@dataclass(frozen=True, slots=True)
class Spot:
    """A panel of a page, by the page's place in the address and both their titles."""

    path: str
    page: str
    panel: str


_ENDINGS = Spot("growth", "Growth", "How quotes end, and where limits refused them")
_LEAKS = Spot("growth", "Growth", "Why attempts gave no price")
_HEADROOM = Spot("growth", "Growth", "How full each limit is")
_POOLS = Spot("growth", "Growth", "Execution utilization of each pool")
_PACE = Spot("growth", "Growth", PACE_TITLE)
_RUNWAY = Spot("finance", "Finance", RUNWAY_TITLE)
_BALANCE = Spot("finance", "Finance", "What is in the balance")
_MOVED = Spot("finance", "Finance", "What trades moved in the period")
_RESERVED = Spot("finance", "Finance", "Reserved, by age")
_EXCEPTIONS = Spot("finance", "Finance", "Open exceptions")
_WEBHOOKS = Spot("finance", "Finance", "Webhooks of the period")
_TERMS = Spot("review", "Program review", "Terms of the program")
_REACH = Spot("health", "Data health", "How far records reach")

PLACES: Mapping[str, Spot] = {
    "high_demand_low_acceptance": _ENDINGS,
    "expiry_spike": _ENDINGS,
    "conflicts_rising": _ENDINGS,
    "limit_errors_rising": _HEADROOM,
    "localized_unavailability": _LEAKS,
    "repeated_unavailability": _LEAKS,
    "retry_storm": _LEAKS,
    "failure_budget_burn": _LEAKS,
    "availability_budget_burn": _LEAKS,
    "low_use_with_failures": _POOLS,
    "balance_low": _BALANCE,
    "reserved_near_balance": _BALANCE,
    "failed_trades_rising": _MOVED,
    "trades_returned": _MOVED,
    "high_acceptance_reserved_grows": _RESERVED,
    "reservations_stuck": _RESERVED,
    "ledger_does_not_tie": _EXCEPTIONS,
    "orders_do_not_match": _EXCEPTIONS,
    "records_contradict": _EXCEPTIONS,
    "webhooks_failing": _WEBHOOKS,
    "webhooks_missing": _WEBHOOKS,
    "volume_before_readiness": _TERMS,
    "limit_pace_exceeds": _PACE,
    "top_up_due": _RUNWAY,
    "availability_unknown": _REACH,
    "records_stale": _REACH,
}
_COUNTS: Mapping[str, str] = {
    "unavailable_quotes": "unavailable_quotes",
    "failed_quotes": "errored_quotes",
    "limit_errors": "limit_errors",
    "expired_quotes": "expired_quotes",
    "undelivered_trades": "undelivered_trades",
    "returned_trades": "undelivered_trades",
    "reserved_trades": "long_reserved_trades",
    "ledger_exceptions": "ledger_exceptions",
}
"""Which count of Investigate leads to the records of a list of ids."""

GATED = "limit_errors_rising"


def spots(finding: Finding) -> tuple[Spot, ...]:
    """Where a finding is told of, its own place first; a limit review also by its program."""
    own = PLACES[finding.rule]
    return (own, _TERMS) if finding.rule == GATED else (own,)


def page_link(spot: Spot, kept: str) -> str:
    """The address of a finding's page, with the view that is looked at."""
    return f"{spot.path}?{kept}" if kept else spot.path


def records_link(finding: Finding, outline: Outline, zone: str, kept: str) -> str:
    """The address where Investigate takes a finding's count apart, over the days it was judged on.

    Of a stock they are the days since it began. Empty where there is no such count.
    """
    rule = RULES.get(finding.rule)
    count = _COUNTS.get((rule.ids or "") if rule is not None else "")
    if count is None or (count == "ledger_exceptions" and finding.pool_id is None):
        return ""
    is_stock = finding.period_start == finding.period_end
    start = min(finding.since or finding.period_start, finding.period_start)
    window = Window(start if is_stock else finding.period_start, finding.period_end, "judged")
    first, last = local_dates([window.start, max(last_instant(window), window.start)], zone)
    view = [pair for pair in parse_qsl(kept) if pair[0] not in ("period", "days")]
    query = urlencode([*view, ("period", "custom"), ("days", f"{first}..{last}")])
    return drill_link(count, _lane(finding, outline), query)


def _lane(finding: Finding, outline: Outline) -> tuple[str, str] | None:
    """The pool with its currency; None where it is not about one, or has more than one."""
    currencies = {one.currency for one in outline.limits if one.pool_id == finding.pool_id}
    if finding.pool_id is None or len(currencies) != 1:
        return None
    (currency,) = currencies
    return finding.pool_id, currency
