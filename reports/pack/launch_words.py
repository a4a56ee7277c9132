"""The launch plan in words: what each piece of evidence is called, and what the records say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.pack.launch import MET, MISSING, UNKNOWN, Evidence
from reports import format as text
from reports.review_words import PHASES

TITLES: Mapping[str, str] = {
    "product_named": "The product is named",
    "pools_approved": "Pools are approved",
    "limits_agreed": "Every approved pool has a daily band",
    "funding_named": "How the balance is funded is recorded",
    "use_case_reviewed": "The use case was reviewed",
    "compliance_agreed": "Responsibilities for compliance are agreed",
    "headless_needed": "A flow without a hosted page is needed",
    "sandbox_firm_quotes": "Firm quotes were made in the sandbox",
    "sandbox_settled_trades": "Trades settled in the sandbox",
    "sandbox_unsettled_trades": "Failed, released or returned trades were seen in the sandbox",
    "sandbox_delivered_webhooks": "Webhooks were delivered in the sandbox",
    "sandbox_ledger_tied": "The sandbox ledger ties out",
    "packet_replayed": "A support packet was replayed",
    "funding_ready": "Funding is recorded as ready",
    "webhooks_ready": "Webhooks are recorded as ready",
    "monitoring_ready": "Monitoring is recorded as ready",
    "support_ready": "Support is recorded as ready",
    "first_order_limit": "A limit of the first order is recorded",
    "first_day_reconciled": "The first day reconciles",
    "first_day_ended": "Every trade of the first day reached its end",
    "alerts_reviewed": "Alerts were reviewed",
    "alerts_sent": "Notices of findings were sent, and every one arrived",
    "failures_low": "Few trades end without settling",
    "unavailable_low": "Few requests find a pool unavailable",
    "limit_errors_low": "Few requests meet a limit",
    "orders_within_limit": "No order was above the largest order allowed",
    "reserved_in_time": "No trade is reserved for too long as the period ends",
    "balance_explained": "The ledger explains the balances",
    "balance_above_floor": "The balances are above their floors as the period ends",
    "no_balance_refusals": "No call was refused for want of balance",
    "no_old_exception": "No exception has been open for over 7 days as the period ends",
    "webhooks_complete": "A webhook came of every trade's end",
    "no_severe_ticket": "No ticket of severity S1 or S2 is open as the period ends",
    "review_before_kept": "The review before was frozen",
    "incidents_resolved": "No incident is open as the period ends",
    "exceptions_resolved": "No exception is open as the period ends",
    "findings_over": "What began to fire in the period is over",
    "decisions_in_time": "No decision is overdue",
}
REASONS: Mapping[str, str] = {
    "not_recorded": "no record says so; to be confirmed by people",
    "no_limits": "no limit of these pools has been loaded",
    "no_sandbox": "no sandbox records of this partner here",
    "not_live": "the program has not gone live",
    "before_records": "records begin after the program went live",
    "no_trade": "no trade yet",
    "not_reconciled": "trades and ledger entries of that day are not both known",
    "few": "too few to say",
    "no_bound": "no bound of your own is set",
    "not_exact": "not known to the second at this instant",
    "not_ingested": "no such records have arrived",
    "not_all_known": "not known of every currency",
    "not_frozen": "it was not frozen",
    "no_notice": "no notice was sent; name a recipient in the settings",
}
Figures = Mapping[str, Any]


def said(evidence: Evidence, zone: str) -> str:
    """What the records say of a piece of evidence, with its figures."""
    parts = [_figures(evidence, zone)] if evidence.figures else []
    if evidence.reason:
        parts.append(REASONS[evidence.reason])
    return "; ".join(part for part in parts if part) or _plain(evidence.state)


def conclusion(phase: str, counts: Mapping[str, int], missing: Sequence[Evidence]) -> str:
    """What is there of a phase's evidence, and what is not."""
    whole = sum(counts.values())
    words = f"**{PHASES[phase]}: {counts[MET]} of {whole} pieces of evidence are there.**"
    for state, called in ((MISSING, "Missing is evidence"), (UNKNOWN, "Unknown is")):
        names = [_small(TITLES[one.name]) for one in missing if one.state == state]
        if names:
            words += f" {called} that {'; that '.join(names)}."
    if counts[MET] == whole:
        words += " Whether to go on is for this review to decide."
    return words


def _small(name: str) -> str:
    return f"{name[0].lower()}{name[1:]}"


def _plain(state: str) -> str:
    return {MET: "recorded", MISSING: "not recorded as ready", UNKNOWN: "not known"}[state]


def _figures(evidence: Evidence, zone: str) -> str:
    writer = _WRITERS.get(evidence.name, _counted)
    return writer(evidence.figures, zone)


def _counted(told: Figures, _: str) -> str:
    return text.count(told["count"]) if "count" in told else ""


def _bounded(told: Figures, _: str) -> str:
    of = f"{text.count(told['part'])} of {text.count(told['whole'])}"
    words = f"{text.percent(told['share'])}, {of}"
    return words if told["bound"] is None else f"{words}; bound {text.percent(told['bound'])}"


def _currencies(told: Figures, _: str) -> str:
    if "currencies" in told:
        return f"not so in {told['currencies']}"
    return f"known of {told['known']} of {text.counted(told['of'], 'currency', 'currencies')}"


def _first_day(told: Figures, zone: str) -> str:
    trades = text.counted(told["trades"], "trade", "trades")
    words = f"{text.local_day(told['day'], zone)}: {trades}"
    if "still_reserved" in told:
        return f"{words}, {text.count(told['still_reserved'])} still reserved"
    if "open_exceptions" in told:
        return f"{words}, {_open_exceptions(told)}"
    return words


_WRITERS: Mapping[str, Callable[[Figures, str], str]] = {
    "product_named": lambda told, _: str(told["product"]),
    "pools_approved": lambda told, _: text.counted(told["pools"], "pool", "pools"),
    "limits_agreed": lambda told, _: (
        f"{told['banded']} of {text.counted(told['of'], 'pool', 'pools')}"
    ),
    "funding_named": lambda told, _: str(told["funding"]),
    "sandbox_ledger_tied": lambda told, _: (
        f"{text.counted(told['entries'], 'entry', 'entries')} of this partner,"
        f" {_open_exceptions(told)}"
    ),
    "sandbox_delivered_webhooks": lambda told, _: f"{text.count(told['count'])} of this partner",
    "first_order_limit": lambda told, _: text.money(told["limit"], None),
    "first_day_reconciled": _first_day,
    "first_day_ended": _first_day,
    "failures_low": _bounded,
    "unavailable_low": _bounded,
    "limit_errors_low": _bounded,
    "orders_within_limit": lambda told, _: f"at most {text.percent(told['usage'])} of the limit",
    "reserved_in_time": lambda told, _: (
        f"{text.count(told['trades'])} reserved for over"
        f" {text.duration(int(told['over'].total_seconds()))}"
    ),
    "balance_explained": _currencies,
    "balance_above_floor": _currencies,
    "no_old_exception": lambda told, _: (
        f"{text.count(told['count'])} open"
        + (f", the oldest for {_age(told)}" if told["count"] else "")
    ),
    "alerts_sent": lambda told, _: (
        f"{text.count(told['sent'])} sent, {text.count(told['not_sent'])} not delivered"
    ),
    "findings_over": lambda told, _: (
        f"{text.count(told['firing'])} of {text.count(told['of'])} still firing"
    ),
    "decisions_in_time": lambda told, _: (
        f"{text.count(told['count'])} open, {text.count(told['overdue'])} overdue"
    ),
}


def _open_exceptions(told: Figures) -> str:
    return text.counted(told["open_exceptions"], "open exception", "open exceptions")


def _age(told: Figures) -> str:
    return text.duration(int(told["oldest"].total_seconds()))
