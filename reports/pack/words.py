"""What a review pack says: its headings, what stands where nothing is known, and its promises."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "Program review"
SECTIONS: Mapping[str, str] = {
    "scorecard": "Scorecard",
    "changed": "What changed",
    "findings": "Findings, and what became of them",
    "limits": "Use of limits",
    "demand": "Demand and reasons",
    "settlement": "Settlement outcomes",
    "books": "Balances and bridge",
    "outlook": "Runway and forecasts",
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
CONTRIBUTED = "What each pool contributed to the change of a count"
SETTLED_ARE = (
    "Settled volume = requested volume x accepted of it (acceptance) x ended of that (execution) x"
    " settled of that (settlement). The four parts of each pool add up exactly to its change, and"
    " the pools to that of their currency. They say where the change arose, not why. A part is a"
    " dash where its stage had no volume before it; what no stage explains is unattributed."
)
SETTLED_CHANGE = "Change of settled volume since the span before"
SETTLED_RANKED = "What moved settled volume most"
NO_SETTLED_CHANGE = "No settled volume changed, or it is not known of both spans."
FINDINGS_EMPTY = "No rule began to fire in this period."
FINDINGS_ARE = (
    "Every rule judged again at each quarter of an hour of the period, top-ups every three hours,"
    " from the records known as of the pack's instant. A forecast is made from what came before it"
    " alone. What still fires at the pack's instant comes first, with what the partner may do."
)
EPISODES = (
    "A row holds all that one finding told of one pool or balance in the period. Each time, with"
    " its severity and its end, is in the bundle and the workbook."
)
RUNWAY_EMPTY = "No balance of these currencies has been recorded."
OUTLOOK_ARE = (
    "As of the pack's instant, one balance per currency for every program of this partner. Lasting"
    " is until the floor is reached. These are estimates from this partner's own earlier days, and"
    " promise nothing."
)
SCORED_ARE = (
    "Forecasts made for the days of this period, each from earlier records alone, and what then"
    " happened. An 80 % band is right when it holds about 80 % of outcomes. A dash is short"
    " history: too few days to judge by. Over fewer than 30 forecasts a share is only a hint. Loss"
    " says how far off the forecast and its band were, the less the better; naive is the week"
    " before."
)
SCORED_EMPTY = "Nothing was forecast, so there is nothing to compare."
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
EXCEPTIONS_UNKNOWN = (
    "Trades and ledger entries have not both arrived, so it is not known what does not tie out."
)
BRIDGE_UNKNOWN = "No balance of these currencies is known, so nothing can be said of what moved it."
EXCEPTIONS_EMPTY = "Nothing is open, and nothing arose in the period."
LAUNCH_IS = (
    "Evidence is what a partner can see of its own program. It is **there** or **missing** where"
    " records decide it; **unknown** means that no record here says so, and stays so until somebody"
    " brings one. Evidence being there is not a promise of a limit, a pool or capacity."
)
POOLS_EVIDENCE = "Expansion, pool by pool"
LETTERS = (
    "W is the window of a figure, T the instant that a stock is of (the end of W), and as_of the"
    " instant up to which records are known."
)
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
    "Batches with a record from before the pack's instant. Days are those of UTC. Each batch, with"
    " the digest of its landed files, is in the bundle, the workbook and the manifest."
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
