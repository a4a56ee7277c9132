"""The words of findings: what changed, why it matters, how sure that is, what may be done about it.

Everything a partner reads of a finding is said here, on the screen, in terminals and in notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.findings.delivery import Message
from pipelines.findings.finding import Explained, Finding, Gate
from pipelines.findings.inputs import Input
from pipelines.findings.notices import Notice
from pipelines.findings.replaying import Fired
from pipelines.places import Place
from pipelines.windows import Window
from reports import format as text


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one rule."""

    title: str
    why: str
    """Why it matters."""

    is_not: str
    """What it does not say."""


RULES: Mapping[str, Words] = {
    "high_demand_low_acceptance": Words(
        "Demand is there, acceptance fell",
        "Users ask for prices as usual and take fewer of them, so price display, expiry or the"
        " choice of network may stand in the way.",
        "It does not say that prices are wrong.",
    ),
    "high_acceptance_reserved_grows": Words(
        "Accepted trades pile up in reserved",
        "Trades are accepted as usual and take longer to come to an end, so more of the balance is"
        " tied up.",
        "A reserved trade has not failed.",
    ),
    "balance_low": Words(
        "Balance is low",
        "A call is refused when the balance does not cover it, and users see that as a failure.",
        "It is about your own prefunded balance and says nothing of anybody else's funds.",
    ),
    "localized_unavailability": Words(
        "One pool is unavailable while others are not",
        "Users of this pool get no price; other pools of your program answer.",
        "It does not say why, and another pool that answers now is not promised for later.",
    ),
    "repeated_unavailability": Words(
        "Quotes are unavailable again and again",
        "Users who try again meet the same answer.",
        "It does not say how long it will last.",
    ),
    "limit_errors_rising": Words(
        "Limits stop more demand than before",
        "Users meet a limit of your program where they did not before.",
        "It is no reason by itself for a higher limit, and a review promises none.",
    ),
    "expiry_spike": Words(
        "More prices expire before anybody takes them",
        "A price that expires is a user who waited, hesitated or left.",
        "It does not tell a user who decided against it from one who was too slow.",
    ),
    "retry_storm": Words(
        "A failing quote is asked for again and again",
        "Repeated requests do not make a quote available and may meet a limit of calls.",
        "It is not new demand.",
    ),
    "failed_trades_rising": Words(
        "More trades end without settling",
        "A trade that fails or is released is a user whose order did not complete.",
        "It does not say that money was lost; a failed or released trade is refunded.",
    ),
    "trades_returned": Words(
        "Settled trades were returned",
        "A user was told that an order was complete, and it came back.",
        "A returned trade still counts as settled in its own window.",
    ),
    "conflicts_rising": Words(
        "Calls to accept meet more conflicts",
        "A conflict is a quote that was accepted twice, or after it expired.",
        "A conflict is no second trade.",
    ),
    "webhooks_failing": Words(
        "Webhooks do not arrive",
        "Your receiver refused or missed deliveries, so your records may lag behind.",
        "The trades themselves went on; their status can be read.",
    ),
    "webhooks_missing": Words(
        "Trades ended without a webhook",
        "No delivered webhook tells of the end of these trades.",
        "A missing webhook says nothing about the trade's own state.",
    ),
    "ledger_does_not_tie": Words(
        "The ledger does not tie out with the trades",
        "Entries and trades do not explain each other, so the books cannot be closed on them.",
        "It does not say which side is right.",
    ),
    "orders_do_not_match": Words(
        "Orders and trades do not match",
        "An order without its trade, or a trade without its order, is one nobody can look up.",
        "It does not say that money moved wrongly.",
    ),
    "records_contradict": Words(
        "Records contradict each other",
        "The same thing was recorded twice with different content; one of the two was set aside.",
        "It does not say which one is right.",
    ),
    "reservations_stuck": Words(
        "Trades are reserved for too long",
        "Settlement is pending for longer than usual, and the amount stays tied up.",
        "A reserved trade has not failed, and no time of its end is promised.",
    ),
    "reserved_near_balance": Words(
        "Reserved trades come near what is left in the balance",
        "Much of the balance is tied up by trades on their way; large orders may be refused.",
        "High use is not bad by itself; the balance is already net of these trades.",
    ),
    "low_use_with_failures": Words(
        "Little used, and failing",
        "Low use can come from failures: what is not available is asked for less.",
        "Low use is not safe by itself, and not bad by itself either.",
    ),
    "failure_budget_burn": Words(
        "Failed quotes use up your budget",
        "At this rate, the share of failures you allow yourself in 30 days is used up early.",
        "The budget is your own aim, not an SLA.",
    ),
    "availability_budget_burn": Words(
        "Unavailable minutes use up your budget",
        "At this rate, the unavailable time you allow yourself in 30 days is used up early.",
        "The budget is your own aim, not an SLA.",
    ),
    "availability_unknown": Words(
        "Snapshots of availability stopped",
        "Without snapshots these minutes are unknown, and cannot be made good later.",
        "An unknown minute is neither available nor unavailable.",
    ),
    "volume_before_readiness": Words(
        "Trades before the program is ready",
        "Funding, webhooks, monitoring or support are not marked as ready, and trades are made.",
        "It does not stop anything.",
    ),
    "limit_pace_exceeds": Words(
        "Today's use is on the way to its limit",
        "From what is used by now on such days, the daily band may be reached before it resets;"
        " quotes beyond it end in an error.",
        "It is an estimate from your own history, and says nothing of tomorrow.",
    ),
    "top_up_due": Words(
        "A top-up is due",
        "From your own past demand, the balance may not last until money sent later is usable.",
        "It is an estimate of your own demand; when a transfer arrives is not promised.",
    ),
    "records_stale": Words(
        "Records have stopped arriving",
        "Nothing can be said about now from records that end earlier: every other finding is"
        " unknown, and none of them is ok.",
        "It does not say that anything is wrong with your users' orders.",
    ),
}
ACTIONS: Mapping[str, str] = {
    "review_price_display_or_expiry": (
        "Review how the price is shown, how long it holds, and the choice of network."
    ),
    "watch_settlement_before_volume": "Watch settlement come to an end before adding volume.",
    "review_top_up_before_daily_peak": (
        "Ask finance to review a top-up through the approved funding flow before the daily peak."
    ),
    "top_up_now": "Top up through the approved funding flow before accepting more orders.",
    "top_up_did_not_close_gap": (
        "Review the last top-up: it left the balance short of what it needs."
    ),
    "plan_for_limit": (
        "Plan for the limit until it resets: reduce or shift orders. Do not build a higher limit"
        " into the product."
    ),
    "show_alternate_pools": "Show other pools that your program approves, or offer to try later.",
    "escalate_with_request_ids": "Escalate to support with the request ids.",
    "request_account_review": (
        "Ask for an account review of the limit. Do not build a higher limit into the product."
    ),
    "fix_quality_before_limit_review": (
        "Mend what is named here first; then ask for an account review of the limit."
    ),
    "back_off_and_refresh": "Back off between attempts, and ask for a fresh quote.",
    "contact_support_with_trade_ids": "Contact support with the trade ids.",
    "check_repeated_accepts": (
        "Check that an accept is sent once, in time, and with its idempotency key."
    ),
    "check_webhook_receiver": "Check your webhook receiver and its signature check.",
    "read_trade_status": "Read the status of these trades, and keep your users' orders pending.",
    "reconcile_by_ids": "Reconcile these ids first, then by amount and time.",
    "check_record_source": "Check the job that brings these records.",
    "pause_large_orders": "Pause large orders until reserved trades have come to an end.",
    "look_into_failures": "Look into the failures before reading low or high use as good news.",
    "finish_readiness_first": "Finish what is not ready before adding volume.",
}
STATES: Mapping[str, str] = {
    "ok": "Ok",
    "pending": "Pending: holds, and not for long enough yet",
    "firing": "Firing",
    "recovering": "Recovering: does not hold any more, and not for long enough yet",
    "no_data": "No data: not known",
    "error": "Error: could not be judged",
}
SEVERITIES: Mapping[str, str] = {
    "notice": "Notice",
    "warning": "Warning",
    "critical": "Critical",
}
MEASURES: Mapping[str, tuple[str, str]] = {
    "accepted_quote_rate": ("accepted", "firm quotes"),
    "expiry_rate": ("expired", "firm quotes that ended"),
    "failure_utilization": ("failed", "quote attempts"),
    "unavailable_rate": ("unavailable", "quote requests"),
    "limit_error_rate": ("stopped by a limit", "quote requests and refused calls"),
    "conflict_rate": ("met a conflict", "trades and conflicts"),
    "unsettled_rate": ("failed or released", "trades that ended"),
    "returned_rate": ("returned", "settled trades"),
    "unavailable_minutes_rate": ("unavailable", "known minutes"),
    "undelivered_rate": ("not delivered", "webhook attempts"),
}
"""Of a share: what its part is, and of what."""

COUNTS: Mapping[str, str] = {
    "quote_requests": "Quote requests",
    "balance_errors": "Calls refused for the balance",
    "unavailable_quotes": "Unavailable answers",
    "limit_errors": "Limit errors",
    "unsettled_trades": "Trades failed or released",
    "returned_trades": "Returned trades",
    "transact_conflicts": "Conflicts",
    "dead_lettered_events": "Webhook events given up",
    "contradicting_records": "Contradicting records",
    "known_minutes": "Minutes with a snapshot",
    "trades_created": "Trades",
    "reserved_count": "Reserved trades",
    "long_reserved_trades": "Trades reserved for longer than you set",
    "day_reserved_trades": "Trades reserved for over a day",
    "open_ledger_exceptions": "Open ledger exceptions",
    "open_order_exceptions": "Open order exceptions",
    "missing_webhooks": "Trades without a webhook",
    "unready_programs": "Programs not marked as ready",
    "oldest_reserved_age_s": "Oldest reserved trade",
    "records_age_s": "Records end before this by",
    "balance_available": "Available balance",
    "reserved_growth": "Reserved amount, as a multiple of the usual",
    "quote_utilization_24h": "Quoted volume of 24 hours per daily band",
    "reserved_utilization": "Reserved amount per available balance",
    "daily_band_usage": "Daily band used",
    "projected_usage": "Expected at the end of the day",
    "probability_of_reaching": "Chance that the band is reached before the day ends",
    "balance_needed": "Balance needed to last until money sent now is usable",
    "top_up_at_least": "Top-up that closes the gap, at expected demand",
    "top_up_at_most": "Top-up that closes the gap, at cautious demand",
}
ROLES: Mapping[str, str] = {
    "now": "",
    "before": "28 days before: ",
    "others": "Other pools: ",
    "usual": "Usual at this time of day: ",
    "bound": "Looked at from: ",
}
GATES: Mapping[str, str] = {
    "failure": "quotes that fail for another reason than a limit",
    "reserved_age_s": "age of the oldest reserved trade",
    "open_exceptions": "open exceptions of the books",
    "fresh_records": "fresh records",
}
FACTORS: Mapping[str, str] = {
    "demand": "demand",
    "acceptance": "acceptance",
    "execution": "execution",
    "settlement": "settlement",
}
KINDS: Mapping[str, str] = {
    "firing": "",
    "reminder": "Still: ",
    "recovered": "Over: ",
}
FOOTER = (
    "Utilization describes your own activity, limits and balance. It promises neither that a quote"
    " will be available nor a time, and is not an SLA."
)
MOMENTS: Mapping[str, str] = {
    "reaches_at": "Reached, as likely as not, by",
    "reaches_early_at": "Reached, at the earliest to plan with, by",
    "send_by": "Send by",
    "runs_out_p90_at": "The floor is met, at the earliest to plan with, by",
}
_SECONDS = ("oldest_reserved_age_s", "records_age_s")
_RATIOS = (
    "quote_utilization_24h",
    "reserved_utilization",
    "daily_band_usage",
    "projected_usage",
    "probability_of_reaching",
    *MEASURES,
)
_MONEY = ("balance_available", "balance_needed", "top_up_at_least", "top_up_at_most")
NO_POOL = "no one pool"


def title(rule: str, pool_id: str | None, currency: str | None) -> str:
    """What a finding is called, and what it is about: `Balance is low: EUR`."""
    return f"{RULES[rule].title}: {pool_id or currency or NO_POOL}"


def lines(finding: Finding, zone: str = "UTC") -> list[str]:
    """A finding in full sentences, one a line: what, how sure, why, what to do, what it is not."""
    words = RULES[finding.rule]
    told = [
        f"{title(finding.rule, finding.pool_id, finding.currency)}"
        f" [{SEVERITIES[finding.severity]}, {STATES[finding.state]}]"
    ]
    if finding.state == "error":
        return [*told, f"Could not be judged ({finding.fault}); the others were."]
    if finding.since is not None:
        told.append(f"Since {text.moment(finding.since, zone)} ({zone}).")
    told += [input_sentence(one, finding.currency, zone) for one in finding.inputs]
    told += [f"{MOMENTS[name]} {text.moment(at, zone)}." for name, at in finding.moments]
    if finding.explained is not None:
        told.append(explained_sentence(finding.explained, zone))
    told += [words.why]
    if finding.action is not None:
        told.append(f"You may: {ACTIONS[finding.action]}")
    if finding.alternates:
        told.append(f"Approved pools that answer now: {', '.join(finding.alternates)}.")
    told += [gate_sentence(gate) for gate in finding.gates if not gate.has_passed]
    if finding.ids:
        told.append(f"Ids: {', '.join(finding.ids)}")
    return [*told, words.is_not]


def input_sentence(one: Input, currency: str | None, zone: str = "UTC") -> str:
    """One figure with its counts, its 95 % interval and its window."""
    return f"{ROLES[one.role]}{_figure(one, currency)}, {_window(one, zone)}."


def _figure(one: Input, currency: str | None) -> str:
    if one.name in MEASURES and one.role != "bound":
        part, whole = MEASURES[one.name]
        counts = f"{text.count(one.part)} of {text.count(one.whole)} {whole} {part}"
        return f"{counts} ({text.percent(one.ratio)}{_interval(one)})"
    label = "" if one.role == "bound" else f"{COUNTS[one.name]}: "
    return f"{label}{_amount(one, currency)}"


def _amount(one: Input, currency: str | None) -> str:
    if one.name in _SECONDS:
        return text.duration(one.part)
    if one.name in _RATIOS:
        return text.percent(one.value)
    if one.name in _MONEY:
        return text.money_with_code(one.value, currency)
    if one.value is not None:
        return text.tenths(one.value)
    return text.count(one.part)


def _interval(one: Input) -> str:
    bounds = one.interval
    if bounds is None:
        return ""
    return f", 95 % interval {text.percent(bounds[0])} to {text.percent(bounds[1])}"


def _window(one: Input, zone: str) -> str:
    if one.start is None:
        return f"at {text.moment(one.end, zone)}"
    return text.span(Window(one.start, one.end, one.name), zone)


def explained_sentence(one: Explained, zone: str = "UTC") -> str:
    """How much of the change of settled volume this part of the funnel explains."""
    window = text.span(Window(one.start, one.end, "now"), zone)
    before = text.span(Window(one.before_start, one.before_end, "before"), zone)
    change = text.money_with_code(one.change, one.currency)
    if one.part is None:
        return f"Settled volume changed by {change} ({window}, beside {before})."
    part = text.money_with_code(one.part, one.currency)
    return (
        f"Settled volume changed by {change} ({window}, beside {before}); {FACTORS[one.factor]}"
        f" here accounts for {part} of it."
    )


def gate_sentence(gate: Gate) -> str:
    """Why a limit review is not advised yet."""
    return f"Not within its bound: {GATES[gate.name]}."


def fired_line(one: Fired, zone: str = "UTC") -> str:
    """One episode of a replay."""
    over = "still firing" if one.recovered_at is None else "over"
    until = "" if one.recovered_at is None else f" {text.moment(one.recovered_at, zone)}"
    held = one.fired_at - one.since
    since = f", held since {text.moment(one.since, zone)}" if held > timedelta(0) else ""
    return (
        f"{text.moment(one.fired_at, zone)}  {title(one.rule, one.pool_id, one.currency)}"
        f" [{SEVERITIES[one.severity]}]{since}, {over}{until}"
    )


def message(place: Place, notice: Notice, zone: str = "UTC") -> Message:
    """A notice as it is sent: a title of one line, and the finding in full sentences."""
    finding = notice.finding
    what = title(finding.rule, finding.pool_id, finding.currency)
    heading = f"{KINDS[notice.kind]}{what} ({place.partner_id}, {place.environment})"
    if notice.kind == "recovered":
        told = ["This is over.", *_held(notice.since, zone), *_now(finding, zone)]
    else:
        told = [f"{SEVERITIES[finding.severity]}.", *lines(finding, zone)[1:]]
    return Message(heading, "\n".join([*told, "", FOOTER, f"Notice {notice.notice_id}"]))


def _held(since: datetime | None, zone: str) -> list[str]:
    return [] if since is None else [f"It held since {text.moment(since, zone)} ({zone})."]


def _now(finding: Finding, zone: str) -> list[str]:
    return [input_sentence(one, finding.currency, zone) for one in finding.inputs]
