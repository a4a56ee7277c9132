"""The words of a program's review: its items, their rules, and why a state is what it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from pipelines.review.states import Bounds, Verdict
from reports import format as text

ITEMS: Mapping[str, tuple[str, str]] = {
    "limits": ("Limits", "highest use of a limit; limit errors"),
    "availability": ("Availability", "unavailable answers; unavailable minutes"),
    "failed_trades": ("Failed trades", "trades that ended without settling; returned ones"),
    "reserved_age": ("Reserved age", "oldest trade still reserved at the end"),
    "escalations": ("Support escalations", "with incidents; opened in the period"),
    "ledger_exceptions": ("Ledger exceptions", "arising in the period"),
    "complaints": ("Complaints", "opened in the period"),
}
STATES: Mapping[str, str] = {
    "steady": "\N{CHECK MARK} Steady",
    "watch": "\N{WHITE DIAMOND} Watch",
    "look": "\N{BLACK UP-POINTING TRIANGLE} Look into it",
    "unknown": "? Unknown",
}
TRENDS: Mapping[str, str] = {
    "limits": "Highest use of a limit",
    "availability": "Unavailable minutes, all pools together",
    "failed_trades": "Trades failed, released or returned",
    "reserved_age": "Age of the oldest reserved trade at the week's end",
    "escalations": "Escalations and incidents opened",
    "ledger_exceptions": "Exceptions arising",
    "complaints": "Complaints opened",
}
CADENCES: Mapping[str, str] = {"weekly": "Week", "monthly": "Month", "quarterly": "Quarter"}
PHASES: Mapping[str, str] = {
    "design": "Design",
    "sandbox": "Sandbox",
    "pilot": "Production pilot",
    "expansion": "Expansion",
    "ongoing": "Ongoing review",
}
COUNTED: Mapping[str, str] = {
    "quote_requests": "Quote requests",
    "unavailable_quotes": "Unavailable answers",
    "limit_errors": "Limit errors",
    "settled_trades": "Settled trades",
    "failed_trades": "Failed trades",
    "released_trades": "Released trades",
    "returned_trades": "Returned trades",
}
REASONS: Mapping[str, str] = {
    "nothing": "no events to judge",
    "few": "too few to say",
    "no_before": "nothing to compare with",
    "few_before": "too few before to compare",
    "above_bound": "above your own bound",
    "minutes_above_bound": "minutes above your own bound",
    "below_bound": "within your own bound",
    "twice": "at least twice the span before",
    "higher": "higher than the span before",
    "lower": "lower than the span before",
    "within": "no change beyond chance",
    "reached": "a limit was reached",
    "returned_above_bound": "returns above your own bound",
    "returned_twice": "returns at least twice the span before",
    "returned_higher": "returns higher than the span before",
    "none": "none open at the end",
    "in": "within the age you set",
    "over": "over the age you set",
    "long": "reserved for over a day",
    "severe": "S1 or S2 open at the end",
    "open": "some open at the end",
    "old": "one open for over 7 days",
    "not_ingested": "no such records have arrived",
    "not_whole": "not known whole",
}
BEYOND_CHANCE = (
    "Beyond chance means that the 95 % intervals (Wilson) of the two shares do not touch; fewer"
    " than 30 events in either span are too few to say."
)
REVIEW_SPAN = (
    "A review looks at a complete period of the program's own zone. The period and the zone of the"
    " side bar do not move it; its choice of pools does."
)
NO_PROGRAM = (
    "No program's terms",
    "No record of a program has arrived, so there is no cadence, zone or list of pools to review"
    " by. Load `programs` records.",
)
NO_POOL_OF_PROGRAM = (
    "Nothing left of this filter",
    "None of the pools chosen in the side bar belongs to this program.",
)
NO_CHANGES = "No count of a pool changed beyond chance."
NOT_COMPARED = "Nothing to compare with: the span before is not known whole."
NOT_SUCH_A_REVIEW = "The address names a review that does not exist here; the last one is shown."
CHANGES_ARE = (
    "Counts of the period beside the span before, those furthest beyond chance first. Plain"
    " differences: they say what moved, not why, and months are not made equally long."
)
READY: Mapping[str, str] = {
    "funding_ready": "Funding",
    "webhooks_ready": "Webhooks",
    "monitoring_ready": "Monitoring",
    "support_ready": "Support",
}


def no_complete_period(cadence: str) -> tuple[str, str]:
    """What stands where no period of this cadence is over yet."""
    name = CADENCES[cadence].lower()
    return (
        f"No complete {name} yet",
        f"Records do not reach the end of a {name} yet. A review looks at complete periods only.",
    )


def reason(item: str, verdict: Verdict) -> str:
    """Why an item is in its state, in a few words."""
    if (item, verdict.reason) == ("reserved_age", "none"):
        return "nothing reserved at the end"
    return REASONS[verdict.reason]


def rules(bounds: Bounds) -> dict[str, str]:
    """The rule of each item's state, with the partner's own bounds in it."""
    return {
        "limits": (
            f"Look into it: limit errors per quote request{_above(bounds.limit_errors)} at least"
            " twice the span before and beyond chance. Watch: higher than the span before, beyond"
            " chance, or a limit was reached. How much of a limit is used is not judged."
        ),
        "availability": (
            f"Look into it: unavailable answers per request{_above(bounds.unavailable)} at least"
            " twice the span before and beyond chance. Watch: higher than the span before, beyond"
            " chance. Minutes are judged against a bound of your own only."
        ),
        "failed_trades": (
            "Look into it: of the trades that left reserved, the share that failed or was"
            f" released{_above(bounds.failed_trades)} at least twice the span before and beyond"
            " chance; or the same of returned trades per settled ones. Watch: higher than the span"
            " before, beyond chance."
        ),
        "reserved_age": (
            f"Watch: a trade had been reserved for over {_length(bounds.reserved_age)} at the end"
            f" of the period. Look into it: for over {_length(_long(bounds))}."
        ),
        "escalations": (
            "Look into it: a ticket of severity S1 or S2 is open at the end of the period. Watch:"
            " another one is."
        ),
        "ledger_exceptions": (
            "Look into it: an exception has been open for over 7 days at the end of the period."
            " Watch: another one is open then."
        ),
        "complaints": (
            "Look into it: a complaint of severity S1 or S2 is open at the end of the period."
            " Watch: another one is."
        ),
    }


def _above(bound: Decimal | None) -> str:
    return (
        " are above your own bound, which is not set, or"
        if bound is None
        else (f" are above your own bound of {text.percent(bound)}, or")
    )


def _long(bounds: Bounds) -> timedelta:
    return max(bounds.reserved_age, timedelta(days=1))


def _length(length: timedelta) -> str:
    return text.duration(length // timedelta(seconds=1))
