"""What a review pack says: its headings, what stands where nothing is known, and its promises."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "Program review"
SECTIONS: Mapping[str, str] = {
    "scorecard": "Scorecard",
    "changed": "What changed",
    "limits": "Use of limits",
    "demand": "Demand and reasons",
    "settlement": "Settlement outcomes",
    "books": "Balances and bridge",
    "exceptions": "Exceptions",
    "launch": "Launch plan: evidence by phase",
    "decisions": "Decisions and sign-off",
    "quality": "Data quality and restatements",
    "definitions": "Definitions and versions",
}
PARTIAL = "Partial period"
NO_CURRENCY = "no currency"
NOT_KNOWN_WHOLE = (
    "Records begin within this period, so its figures are of a part of it and no share is held"
    " against an earlier span."
)
ALL_ROWS = "Every row, with its full decimals, is in the bundle and the workbook."
NOTES_EMPTY = "Nobody has noted anything on an item of this review yet."
CHANGES_RANKED = (
    "Counts are added over pools, so the difference of a pool is exactly what it contributed to"
    " the change of the total. Counts that changed beyond chance come first. They say what moved,"
    " not why."
)
CONTRIBUTED = "What each pool contributed"
NO_CONTRIBUTION = "No count of any pool differs from the span before."
LIMITS_ARE = (
    "The peak of the daily band and of velocity is taken at the end of each hour, against the limit"
    " in force then. High use is not automatically bad, and low use is not automatically safe."
)
BAND_DRAWN = (
    "Bars: used of the daily band at the end of each day. Line: the band that was in force that"
    " day. Each pool has a scale of its own."
)
NO_BAND = "No daily band was in force for this pool, so its use is not known."
LIMIT_HISTORY_EMPTY = "No limit of these pools has been loaded."
FUNNEL_IS = "Each leak is subtracted from what was left before it."
PARETO_IS = "Bars: this period. Dark tick: the span before, where it is known whole."
OUTCOMES_ARE = (
    "Trades that left reserved in the period, whenever they were created; amounts are those whose"
    " status of that name began in it. Amounts of different currencies are never added."
)
RESERVED_EMPTY = "Nothing was reserved as the period ended."
RESERVED_UNKNOWN = "How long trades had been reserved is not known to the second at this instant."
WEBHOOKS_MISSING = "Ends of trades without a webhook"
WEBHOOKS_ALL_CAME = "Of every trade of these pools that ended in the period, a webhook came."
WEBHOOKS_UNKNOWN = "No webhook has arrived, so it is not known which are missing."
BALANCES_ARE = (
    "One balance per currency serves every program of this partner. Balances stand as the period"
    " ends; the bridge is of the period: opening + pay-ins \N{MINUS SIGN} debits + refunds +"
    " unexplained = closing."
)
BALANCE_DRAWN = "Triangles are pay-ins."
BALANCES_EMPTY = "No balance of these currencies is known."
EXCEPTIONS_ARE = (
    "Everything open as of the pack's instant, however old, and what arose in the period. Ages run"
    " from the event. Items without a pool are of the balances, which all programs share."
)
NONE_OPEN = "Nothing is open."
EXCEPTIONS_EMPTY = "Nothing is open, and nothing arose in the period."
LAUNCH_IS = (
    "Evidence is what a partner can see of its own program. It is **there** or **missing** where"
    " records decide it; **unknown** means that no record here says so, and stays so until somebody"
    " brings one. Evidence being there is not a promise of a limit, a pool or capacity."
)
POOLS_EVIDENCE = "Expansion, pool by pool"
DECISIONS_EMPTY = "No decision stands from this review or an earlier one."
DECISIONS_ARE = (
    "Decisions made in this review, and those of earlier ones until they are closed; a decision"
    " that this review closed is shown once more."
)
SIGN_OFF = "Sign-off"
SIGNERS = ("For the partner", "For finance", "For the program")
SIGN_FIELDS = ("Name", "Date", "Signature")
COVERAGE_ARE = (
    "Days are those of UTC that were over as of the pack's instant. A gap is a day without a record"
    " between two days with some; late records reached this product after their day had been"
    " published. Records are those of this partner, whatever the program."
)
RESTATED_EMPTY = "Nothing that the review before was told of has been added to since."
RESTATED_UNKNOWN = (
    "The review before was not frozen, so what it was told is not known and nothing can be called"
    " restated since."
)
RESTATED_ARE = (
    "Batches that landed after the review before was frozen and hold records of the time it was"
    " told of. Its figures would differ today; the frozen pack does not."
)
SOURCES_ARE = (
    "Every batch with a record from before the pack's instant. Days are those of UTC; the digest is"
    " of the landed files."
)
RULES = "How the state of each review item is judged"
MARKS: Mapping[str, str] = {
    "met": "\N{CHECK MARK}",
    "missing": "\N{BLACK UP-POINTING TRIANGLE}",
    "unknown": "?",
}
MARK_WORDS: Mapping[str, str] = {"met": "There", "missing": "Missing", "unknown": "Unknown"}
PHASE_GOALS: Mapping[str, str] = {
    "design": "That the product is the right one, and what was agreed",
    "sandbox": "That quoting, transacting, webhooks and the ledger were proven",
    "pilot": "That limited real traffic ran, and was looked at on its first day",
    "expansion": "That failures are few, the balance is explained and support is ready",
    "ongoing": "That the program is kept in line",
}
REPORT_OF = "Review pack"


def partial_words(until: str, end: str) -> str:
    """What stands on every page of a period that is still open."""
    return f"{PARTIAL}: known up to {until}; it ends on {end}"


def not_banded(pool: str) -> str:
    """A pool of which no band is known."""
    return f"{pool}: {NO_BAND[0].lower()}{NO_BAND[1:]}"
