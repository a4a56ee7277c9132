"""The words around findings, pace, runway and accuracy on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

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
TO_IDS = "Down to the ids"
NO_IDS = "No record is named for this."
NOT_TOLD = "What to look at could not be told here; the figures are not affected."
WITHHELD = "**No advice on old records.**"
PACE_TITLE = "At this pace"
PACE_IS = (
    "An estimate from this program's own earlier days, by weekday and hour. It promises nothing and"
    " is no reason by itself for a higher limit. A rolling 24 h cap is never projected: each hour"
    " something leaves it again. In the bars the line is the limit and the diamond what is expected"
    " by the end of the day."
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
PLANNED_HELP = "An amount in the balance's own currency, sent as of now. 0 is none."
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
    " more too wide. Beside naive: by how much the loss is smaller than that of taking what"
    " happened a week before."
)
COVERAGE_IS = "Share of what happened that lay inside the forecast's 80 % band."
SKILL_IS = "1 less the forecast's loss per the loss of the naive forecast."
PINBALL_IS = (
    "Mean pinball loss of the 10 %, 50 % and 90 % forecasts: how far off, weighted by how surely it"
    " was said. Smaller is better."
)
BIAS_IS = "Mean of forecast less outcome, per mean outcome."
NO_ACCURACY = "Nothing has been forecast yet, so there is nothing to compare."
FIRED_TITLE = "What there was to look at in the period"
FIRED_IS = (
    "Judged again from the records as they are known now, at every quarter of an hour; without the"
    " rules that read forecasts, which `utilization findings --replay` judges too."
)
SHOW_FIRED = "Judge the period"
NOTHING_FIRED = "No rule began to fire in this period."
RUNGS: Mapping[int, str] = {
    1: "what happened a week before",
    2: "earlier days of the same kind",
    3: "such days, and how this day began",
}
MEASURES = {"daily_band": "Daily band", "net_outflow": "Taken from the balance"}


def stale(reached: datetime, now: datetime, zone: str) -> str:
    """Why findings are told as of then, and without advice."""
    return (
        f":material/history: {WITHHELD} Records end on {text.moment(reached, zone)},"
        f" {text.age(reached, now)}. What stands here was judged then and says nothing about"
        " now; what to do is said again once newer records are loaded."
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
    return f"Since {text.moment(at, zone)}, for {text.duration(max(held, 0))}."


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


def early(elapsed: Decimal | None, least: float) -> str:
    """How much of such a day is usually behind by now, and from when on it is enough."""
    usual = f"{text.percent(elapsed)} of such a day is usually behind by now"
    return f"{usual}, and {text.percent(Decimal(str(least)))} is needed"
