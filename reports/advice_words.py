"""The words around findings, pace, runway and accuracy on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from reports import format as text
from reports.findings_words import ACTIONS, GATES, RULES

LOOK_AT = "What to look at"
SHAPES = {"critical": "\N{BLACK DIAMOND}", "warning": "\N{BLACK UP-POINTING TRIANGLE}"}
OTHER_SHAPE = "\N{BLACK CIRCLE}"
"""The second cue of a severity beside its word and its colour."""

STATES_SHORT = {
    "firing": "to look at",
    "pending": "pending",
    "recovering": "recovering",
    "error": "not judged (error)",
    "no_data": "not known",
    "ok": "ok",
}
STATES_HELP = (
    "Pending: the condition holds, and not for long enough yet. Recovering: it does not hold any"
    " more, and not for long enough yet. Not known: the records do not say; it is not ok."
)
EVERY_RULE = "Every rule, and how it stands"
IDS = "Ids for support"
NO_IDS = "No record is named for this."
NOT_TOLD = "What to look at could not be told here; the figures are not affected."
WITHHELD = "**No advice on old records.**"
PACE_TITLE = "At this pace"
PACE_IS = (
    "An estimate from this program's own earlier days, by weekday and hour. It promises nothing and"
    " is no reason by itself for a higher limit. A rolling 24 h cap is never projected: each hour"
    " something leaves it again."
)
PACE_PICTURE = (
    "Solid: used so far today. Dashed: how the day is expected to go on, with the band that holds 8"
    " of 10 such days. The line across is the limit."
)
PACE_REASONS = {
    "no_limit": "no such limit is loaded",
    "stale": "records end too early to say",
    "short_history": "too few days of records yet",
    "few_reference_days": "too few earlier days of this kind",
    "early": "too early in the day",
    "rolling_window": "never projected",
}
NO_PACE = "No limit of these pools has been loaded, so there is no pace to tell."
RUNWAY_TITLE = "How long balances last"
RUNWAY_IS = (
    "An estimate from this program's own earlier days; it promises nothing. Balances are net of"
    " what is reserved. Money that is on its way by the settings is counted in."
)
AMOUNT_RULE = (
    "The suggested amount fills the whole gap to the target when money sent now is usable, at"
    " expected demand and at cautious demand, rounded up to the step of the currency."
)
RUNWAY_ACTIONS: Mapping[str, str] = {
    **ACTIONS,
    "no_action": "Nothing to do until the next check.",
    "top_up_did_not_close_gap": (
        "The last top-up did not close the gap. Top up the whole gap through the approved funding"
        " flow."
    ),
    "stale_balance_no_advice": "No advice: the balance record is too old.",
    "not_enough_history": "No advice yet: too few days of records.",
}
RUNWAY_REASONS = {
    "no_balance": "no balance record",
    "stale_balance": "the balance record is too old",
    "stale": "records end too early to say",
    "short_history": "too few days of records yet",
}
NO_RUNWAY = "No balance has been recorded, so how long it lasts is not known."
RUNWAY_PICTURE = (
    "Solid: the balance so far. Dashed: what is expected to be left. Dotted: what is left at"
    " cautious demand. Shaded: the time that money sent now is on its way."
)
WHAT_IF = "What if"
WHAT_IF_HELP = (
    "Other assumptions, for this balance alone. They stand in the address and change nothing that"
    " is set."
)
LEAD_TIMES = {
    "": "As set",
    "2": "2 hours",
    "6": "6 hours",
    "12": "12 hours",
    "24": "1 day",
    "48": "2 days",
    "72": "3 days",
    "120": "5 days",
}
SERVICE_LEVELS = {
    "": "As set",
    "0.8": "80 %",
    "0.9": "90 %",
    "0.95": "95 %",
    "0.98": "98 %",
    "0.99": "99 %",
}
GROWTHS = {
    "-0.2": "20 % less",
    "-0.1": "10 % less",
    "": "As expected",
    "0.1": "10 % more",
    "0.25": "25 % more",
    "0.5": "50 % more",
    "1": "Twice as much",
}
RESET = "Back to what is set"
ACCURACY_TITLE = "How true forecasts have been"
ACCURACY_IS = (
    "Each forecast was made from earlier records alone and compared with what happened. An 80 %"
    " band is right when it holds about 80 % of outcomes: with far fewer it is too narrow, with far"
    " more too wide. Better than naive: by how much the loss is smaller than that of the same hour"
    " of the week before."
)
NO_ACCURACY = "Nothing has been forecast yet, so there is nothing to compare."
RUNGS: Mapping[int, str] = {
    1: "as a week before (naive)",
    2: "earlier days of the same kind",
    3: "the same, and how the day began",
}
MEASURES = {"daily_band": "Daily band", "net_outflow": "Taken from the balance"}


def stale(reached: datetime, now: datetime, zone: str) -> str:
    """Why findings are told as of then, and without advice."""
    return (
        f"{WITHHELD} Records end on {text.moment(reached, zone)}, {text.age(reached, now)}. What"
        " stands here was judged then and says nothing about now; what to do is said again once"
        " newer records are loaded."
    )


def as_of(moment: datetime, zone: str) -> str:
    """As of when findings were judged, whatever period is shown."""
    here = f"{text.moment(moment, zone)} ({text.offset(moment, zone)})"
    return f"As of {here}, whatever period is shown."


def nothing(rules: int, subjects: Sequence[str], *, is_stale: bool) -> str:
    """That no rule fires, and what was looked at."""
    looked = f"{text.count(rules)} rules were looked at for {', '.join(subjects)}"
    if is_stale:
        return f"No rule was firing then: {looked}. Whether one would now is not known."
    return f"**Nothing to look at.** {looked[0].upper()}{looked[1:]}, and none fires."


def counts(found: Mapping[str, int], *, is_stale: bool) -> str:
    """How many judgements ended in each state."""
    told = ", ".join(
        f"{text.count(found.get(state, 0))} {STATES_SHORT[state]}" for state in STATES_SHORT
    )
    then = " then" if is_stale else ""
    return f"Rules judged for each pool, currency and program{then}: {told}."


def since(at: datetime, moment: datetime, zone: str) -> str:
    """From when on a condition held, and for how long by now."""
    held = int((moment - at).total_seconds())
    return f"Since {text.moment(at, zone)}, for {text.duration(max(held, 0))}"


def gates_passed(names: Sequence[str]) -> str:
    """What was checked before a limit review is advised."""
    return f"Checked first, and within bounds: {', '.join(GATES[name] for name in names)}."


def alternates(pools: Sequence[str]) -> str:
    """Which other pools answer."""
    return f"Approved pools that answer now: {', '.join(pools)}."


def rules_off(names: Sequence[str]) -> str:
    """Which rules are not looked at."""
    told = "; ".join(RULES[name].title for name in names)
    return f"Not looked at, because its setting is not made: {told}."


def the_rest(number: int, of_all: int) -> str:
    """The title of the box with those that are not shown at first."""
    return f"{text.count(number)} more, {text.count(of_all)} in all"
