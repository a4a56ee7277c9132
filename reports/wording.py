"""What the product says to a partner, in one place and in words a partner may read."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.metrics.catalog import load_catalog

FEW = 30
"""A rate over fewer than this many is greyed and shown with its count."""

FRESH_FOR = timedelta(hours=2)
LATE_FOR = timedelta(hours=24)

PRESETS = {
    "today": "Today so far",
    "yesterday": "Yesterday",
    "24h": "Last 24 hours",
    "7d": "Last 7 complete days",
    "30d": "Last 30 complete days",
    "90d": "Last 90 complete days",
    "week": "Week to date",
    "month": "Month to date",
    "last_week": "Last complete week",
    "last_month": "Last complete month",
    "last_quarter": "Last complete quarter",
    "custom": "Chosen days",
}
QUESTIONS = {
    "Overview": "How much of your program you use",
    "Growth": "Where limits or experience stop demand",
    "Finance": "What is in the balance, and does the ledger tie out",
    "Program review": "Is the program healthy, and what changed",
    "Investigate": "What happened to this one",
    "Data health": "What the figures rest on",
}
"""What each page answers, by its title."""

FOUR_QUESTIONS = (
    "Can users get a quote?",
    "Do accepted quotes become trades?",
    "Do trades come to an end?",
    "Can finance reconcile?",
)

COMPARISONS = {
    "previous": "Span before",
    "weekdays": "Same weekdays before",
    "year": "Year before",
    "none": "Nothing",
}
ZONES = {"program": "Program's", "browser": "Browser's", "UTC": "UTC"}
SAME_ELAPSED = "Always the same elapsed part: half a week is compared with half a week."
DAYS_BEGIN = "Days begin at this zone's midnight. A daily band resets in its program's own zone."
DAYS_OUTSIDE = "The days in the address lie outside the records; the last days are shown."
ALL_PROGRAMS = "All programs"
AS_OFS = {
    "watermark": "Complete data",
    "latest": "Newest event",
    "moment": "A chosen moment",
}
AS_OF_HELP = (
    "Complete data reach to where every required source has arrived. The newest event lies further"
    " on, where some may still be missing. A chosen moment shows what had happened by then."
)
MOMENT_UNREADABLE = "The moment in the address cannot be read; complete data are shown."
MOMENT_TO_COME = (
    "The moment in the address lies after the newest data; complete data are shown instead."
)
BASES = {"available": "Available balance", "visible": "Visible balance"}
GRAINS = {
    "15m": "quarter of an hour",
    "1h": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
}
REASONS = {
    "pool_dry": "Not enough depth for the request",
    "engine_unavailable": "Quoting could not answer safely",
    "rate_unavailable": "No current rate",
    "other": "Other or not stated",
}
OUTCOMES = {
    "firm_quotes": "Firm",
    "indicative_quotes": "Indicative",
    "unavailable_quotes": "Unavailable",
    "errored_quotes": "Failed calls",
}
ENDINGS = {
    "accepted_quotes": "Accepted",
    "expired_quotes": "Expired",
    "rejected_quotes": "Rejected",
    "open_quotes": "Still open",
}
LIMITS = {
    "daily_band": "Daily band",
    "velocity_24h": "Velocity, 24 h",
    "max_order": "Largest order",
}
KINDS = {
    "quotes": "Quotes",
    "trades": "Trades",
    "ledger": "Ledger",
    "balances": "Balances",
    "availability": "Availability",
    "errors": "Failed calls",
    "orders": "Orders",
    "webhooks": "Webhooks",
    "tickets": "Tickets",
    "limits": "Limits",
    "programs": "Programs",
}
FRESHNESS = {
    "fresh": ("Fresh", ":material/check_circle:", "green"),
    "late": ("Late", ":material/schedule:", "orange"),
    "stale": ("Stale", ":material/warning:", "red"),
    "unknown": ("Unknown", ":material/help:", "gray"),
}

CONTACT = "Contact support with the trade id."
STATES = {
    "open": ("Quote open", "This price can be accepted until it expires."),
    "accepted": ("Quote accepted", "This price was accepted."),
    "indicative": ("Price only", "This is a price only. Ask for a firm quote to go on."),
    "rejected": ("Quote turned down", "This price was turned down. Refresh for a new price."),
    "expired": ("Quote expired", "Refresh for a new price."),
    "unavailable": ("Quote unavailable", "This route is unavailable right now."),
    "errored": ("Quote attempt failed", "This route is unavailable right now."),
    "amount_outside": ("Quote attempt failed", "This amount cannot be quoted. Try another one."),
    "reserved": ("Trade reserved", "Settlement is pending."),
    "overdue": ("Trade reserved too long", f"Settlement is pending. {CONTACT}"),
    "settled": ("Trade settled", "This trade is complete."),
    "failed": ("Trade failed", f"This trade did not complete. {CONTACT}"),
    "released": ("Trade released", "This trade was released. Refresh for a new price."),
    "returned": ("Trade returned", f"This trade was returned after it settled. {CONTACT}"),
    "balance_insufficient": (
        "Balance insufficient",
        "Top up your balance before transacting.",
    ),
    "transact_conflict": ("Call met a conflict", "Refresh for a new price."),
    "limited": ("Call met a limit", "A limit was reached. Try again later."),
    "call_failed": ("Call failed", "This request did not go through. Try again later."),
    "paid_in": ("Pay-in credited", "This pay-in was credited to your balance."),
    "recorded": ("No trade known", "No quote and no trade of this is known."),
}
"""By state: what it is called, and the words that a partner's own user may read."""

CLOSED = "closed"
STORY_UNAVAILABLE = {False: "unavailable:", True: "failed:"}
FOR_THE_USER = "What a user may be told"

FOUND_AS = {
    "request": "request",
    "quote": "quote",
    "trade": "trade",
    "event": "webhook event",
    "order": "order",
    "ledger_entry": "ledger entry",
    "ledger_reference": "reference of a ledger entry",
}
STORY_KINDS = {
    "quotes": "Quote",
    "trades": "Trade",
    "ledger": "Ledger",
    "errors": "Failed call",
    "orders": "Order",
    "webhooks": "Webhook",
    "tickets": "Ticket",
}
MARKS = {
    "illegal_transition": "cannot follow the states before it; no part of the trade's state",
    "conflict": "contradicts the trade's other observations; no part of the trade's state",
}
WEAK = "weak: belongs by amount and time alone, no id says so"
MISSING = {
    "reserved_observation": "No observation of the trade as reserved has arrived.",
    "quote_record": "No quote record with this quote id has arrived.",
    "debit": "No debit of the trade is in the ledger yet.",
    "refund": "No refund of the trade is in the ledger yet.",
    "webhook": "No webhook of the trade's end has arrived.",
    "webhook_delivery": "No delivery of the webhook of the trade's end has succeeded.",
    "order": "No order of the trade has arrived.",
    "trade_record": "No observation of this trade has arrived.",
    "trade_of_entry": "No trade is known that this ledger entry belongs to.",
}
"""What a story lacks, by what is missing from it."""

MOVED = {
    ("debited", "durable"): "debited",
    ("debited", "weak"): "debited by amount and time alone (weak)",
    ("debited", None): "no debit yet",
    ("refunded", "durable"): "refunded",
    ("refunded", "weak"): "refunded by amount and time alone (weak)",
    ("refunded", None): "no refund yet",
}
"""Whether a trade's money moved, by the way and by how that is known."""

STORY_TRUNCATED = (
    "Too many records carry these ids: some are left out, and what is missing was not judged."
)
SUPPORT_PACKET = "What to send to support. It holds ids, amounts, states and times, nothing else."

IS_NOT = (
    "Utilization describes this partner's own activity, approved limits and partner-visible"
    " balance. It is not a view of any treasury, of inventory or of what a market maker can do."
    " It is not a promise that a quote will be available, and not an SLA by itself."
)
HOW_TO_READ = (
    "High utilization is not automatically bad, and low utilization is not automatically safe: read"
    " it with quote success, reserved age, available balance and support tickets. What may be"
    " executed is decided by the firm quote at the time, never by this page."
)

AS_TABLE = "The same as a table, and as files"
TAKE_AWAY = "Take it away: files and links"
TAKE_AWAY_HELP = (
    "Every row of what this page shows, with its definitions, filters, window, zone, moment and a"
    " hash of the rows."
)
WHICH_TABLE = "Table"
LINKS_HELP = (
    "Two links to this view, for people who may see it. The first follows its period from day to"
    " day; the second keeps these days, as they are known as of this moment (back to its quarter of"
    " an hour)."
)

NOTHING_PUBLISHED = (
    "No figures yet",
    "Nothing has been published for this partner. Load records with `utilization ingest PATH`, or"
    " see a made-up partner with `utilization demo`. This page shows the figures once they are"
    " there; reload it then.",
)
NO_PARTNER_YET = (
    "No records yet",
    "This home holds no partner's records. Load some with `utilization ingest PATH`, or see a"
    " made-up partner with `utilization demo`.",
)
PARTNER_AMBIGUOUS = (
    "Which partner?",
    "This home holds more than one partner and the settings name none. Set `partner` in"
    " `utilization.toml` in the home, or the environment variable `UTILIZATION_PARTNER`, then start"
    " the dashboard again.",
)
PARTNER_UNKNOWN = (
    "The partner that is set has no records",
    "The settings name a partner and environment that this home holds nothing of. Check `partner`"
    " and `environment` in `utilization.toml` or the environment, or load that partner's records.",
)
NO_TIME_YET = (
    "No events yet",
    "Records have arrived, but none with an event time that every required source has reached."
    " Load quotes, trades and ledger entries.",
)
SETTINGS_WRONG = (
    "The settings cannot be read",
    "The dashboard starts with `utilization.toml` in the home as it is, and something in it is not"
    " valid. The log of the server says what.",
)
SIGN_IN = (
    "Sign in",
    "This dashboard shows a partner's own figures to people who have been given access.",
)
NO_GRANT = (
    "No access",
    "You are signed in, and nobody has given this account access to a partner. Ask whoever runs"
    " this dashboard to add you to the grants.",
)
SESSION_OVER = ("Session over", "Your sign-in has expired. Sign in again.")
FOREIGN_PARTNER = (
    "Not part of your access",
    "The address of this page asks for a partner outside your access. Nothing of it is shown.",
)
FOREIGN_POOL = (
    "A pool that is not here",
    "The address of this page asks for a pool that is not among this partner's pools. Nothing is"
    " shown for it, and nothing else in its place.",
)
STILL_OPEN = "The period is still open: the last bar and point are partial, and drawn paler."
NO_LIMITS = "No limit of these pools has been loaded, so their use is not known."
NOTHING_IN_PERIOD = (
    "Nothing in this period",
    "There is no quote and no trade in this period. Choose another period, or go to the last days"
    " with data.",
)
FILTER_EXCLUDES_ALL = (
    "Nothing left of this filter",
    "The pools chosen have no quote and no trade in this period; other pools have.",
)


def most_lines(drawn: int) -> str:
    """Which pools a chart with a line per pool shows."""
    return (
        f"Charts with a line per pool show the {drawn} pools with the most requests; choose pools"
        " in the side bar to see others."
    )


def unknown_choices(titles: list[str]) -> str:
    """What is said where an address names choices that do not exist."""
    return (
        f"The address of this page names a choice that does not exist here ({', '.join(titles)})."
        " The usual one is shown instead."
    )


def state(key: str, *, is_overdue: bool = False, error_code: str | None = None) -> tuple[str, str]:
    """What the state of a story is called, and the sentence a partner's own user may read.

    `error_code` is that of a quote attempt which failed.
    """
    if error_code in ("amount_below_min", "amount_above_max"):
        return STATES["amount_outside"]
    if error_code == "insufficient_balance":
        return STATES["balance_insufficient"]
    return STATES["overdue" if is_overdue else key]


def exception(kind: str) -> str:
    """What an exception is called."""
    return EXCEPTIONS[kind][0]


def reach(kind: str, moment: str) -> str:
    """How far the records of a kind go that would tell what is missing."""
    return f"{STORY_KINDS[kind]} records have reached {moment}."


def not_followed(role: str, kind: str, records: int) -> str:
    """Why the records that share an id are not shown."""
    return (
        f"Not followed: up to {records:,} records of kind {kind} carry this {FOUND_AS[role]} id,"
        " so it does not tell one story from another."
    )


def left_later(records: int) -> str:
    """How many records of the story came later than it was asked for."""
    return (
        f"{records:,} later record(s) of this story are left out; as of a later moment they show."
    )


def freshness(newest: datetime | None, now: datetime) -> str:
    """Return a key of `FRESHNESS` for data that reach `newest`, looked at `now` (both aware)."""
    if newest is None:
        return "unknown"
    age = now - newest
    if age <= FRESH_FOR:
        return "fresh"
    return "late" if age <= LATE_FOR else "stale"


def zone(key: str) -> str:
    """What a choice of time zone is called: by its part, or by its own name."""
    return ZONES.get(key, key)


def title(figure: str) -> str:
    """What a figure is called, from its metric file."""
    return load_catalog()[figure].title


def definition(figure: str) -> str:
    """What a figure means, from its metric file: formula and what it is not."""
    metric = load_catalog()[figure]
    return f"{metric.title} = {metric.formula}. It is not {metric.is_not}."


def why_unknown(figure: str) -> str:
    """Why a figure has no value, from its metric file's null rule."""
    return f"Not known: {load_catalog()[figure].null_rule}"


def panel_failed(reference: str) -> str:
    """What stands in place of a panel that could not be drawn."""
    return (
        "This part of the page could not be drawn; the rest is not affected."
        f" Reference {reference}."
    )


NO_FAILED_ATTEMPTS = "Every attempt of the period got a price: nothing to explain."
WEEK_FIGURES = {
    "execution_utilization": "Settled in the hour, of the daily band",
    "quote_requests": "Requests",
}
LIMIT_ERRORS_TOGETHER = "**Calls refused by a limit**, all pools shown together"
LIMIT_ERRORS_ARE = (
    "Refused by a limit are failed quote calls with a limit's code and refused transactions; those"
    " that name no pool are not among them. A dash in a dashed frame is an hour nothing is known"
    " of, which is not 0."
)
BAND_OF_A_DAY = (
    "Used so far on the day, quarter by quarter of an hour. The straight line is the band."
)
BAND_OF_DAYS = (
    "Used at the end of each day, paler while the day is open. The line is the band that was in"
    " force that day."
)
DAYS_BEFORE_TOO = "The period is short, so the 14 days up to its end are shown."
OPEN_DAY = "The last day is still open, and drawn paler."


def band_resets(zone: str) -> str:
    """By which clock a day of the band runs."""
    return f"The band resets at midnight {zone}; the times here are by that clock."


def week_title(figure: str, pool: str) -> str:
    """What the grid of the week shows."""
    return f"**{WEEK_FIGURES[figure]}**, {pool}"


def busiest_only(most: int) -> str:
    """Which pools have a picture of their own where there are too many."""
    return f"The {most} pools with the most requests; choose pools in the side bar to see others."


EXCEPTIONS = {
    "trade_without_debit": (
        "Trade without debit",
        "A trade was made, and the ledger holds no debit for it.",
        "Look for the debit under another reference; if there is none, ask about the trade's id.",
    ),
    "debit_without_trade": (
        "Debit without trade",
        "The ledger took money for something that no trade explains.",
        "Check whether records of the trade are missing here; if not, ask about the entry's id.",
    ),
    "trade_without_refund": (
        "Trade without refund",
        "A trade failed, was released or was returned, and the ledger gave nothing back for it.",
        "Ask for the refund with the trade's id.",
    ),
    "refund_without_trade": (
        "Refund without trade",
        "The ledger gave money back that no undone trade explains.",
        "Check whether the trade's end is missing here; count on the amount only once it is.",
    ),
    "amount_mismatch": (
        "Amounts differ",
        "A trade and its ledger entries differ by the amount shown: ledger less trade.",
        "Compare the two records and have the wrong one corrected.",
    ),
    "duplicate_entry": (
        "Booked twice",
        "The ledger holds one entry more than it should for the same thing.",
        "Ask for the entry named here to be taken back.",
    ),
    "balance_mismatch": (
        "Balance not explained",
        "Between two snapshots the balance changed by more or less than the ledger says.",
        "Look for entries missing from that time; the bridge by day shows where.",
    ),
    "trade_without_order": (
        "Trade without order",
        "A trade has none of your own orders behind it.",
        "Find the order, or who made the trade, in your own system.",
    ),
    "order_without_trade": (
        "Order without trade",
        "One of your orders says that it has a trade, and there is none.",
        "Check what the customer was told; correct the order, or load the trade.",
    ),
    "illegal_transition": (
        "Impossible step",
        "A status of a trade came that cannot follow the one before, as settled after failed.",
        "Find out where that record came from; the trade keeps the status that it could have.",
    ),
    "conflict": (
        "Two versions",
        "The same record came twice with different content; one is kept, the other set aside.",
        "Find out at the source which of the two is right.",
    ),
}
"""Kinds of exceptions: what each is called, what it means, what to do."""

MATCHES = {
    "durable": "matched by id",
    "weak": "matched by amount and time only: weak",
    "none": "no counterpart found",
}
EVENT_TYPES = {
    "pool.transaction.settled": "Trade settled",
    "pool.transaction.failed": "Trade failed",
    "pool.transaction.released": "Trade released",
}
BALANCE_BASES = {
    "available_for_new_quotes": "as stated, net of reserved",
    "visible_balance": "the visible balance",
}
BALANCE_BASES_LONG = {
    "available_for_new_quotes": (
        "stated as available for new quotes, which is net of what is reserved"
    ),
    "visible_balance": "the visible balance, because none is stated as available for new quotes",
}
AGES = {
    "<=1h": "Up to 1 h",
    "1h-24h": "1 h to 24 h",
    "24h-3d": "1 to 3 days",
    "3d-7d": "3 to 7 days",
    ">7d": "Over 7 days",
}
BOOKS_BY_CURRENCY = (
    "Balances and the ledger are kept per currency: a choice of pools narrows them to the"
    " currencies of these pools."
)
NO_SNAPSHOT_IN_PERIOD = "No snapshot of this balance holds in the period, so nothing is drawn."
NOTHING_RESERVED = "No trade of these pools is reserved."
NO_EXCEPTION = "No exception is open."
FOUND_WITHOUT_LEDGER = (
    "What is listed below was found without it. What only a comparison would show is not among it."
)
NOTHING_MOVED = "No trade of these pools was made or ended in this period."
UNEXPLAINED = (
    "Opening + pay-ins \N{MINUS SIGN} debits + refunds + unexplained = closing. Unexplained is what"
    " the balance holds more, or less, than the ledger says."
)
PENDING = (
    "Pending: the counterpart may still be booked in time. These are not counted as open and are in"
    " no age above."
)


BRIDGE_OPEN = "The period is still open: closing is what stands as of now, and days are so far."
HISTORY = (
    "What was available, as each snapshot said it until the next one came; where none held, the"
    " line has a gap. Floor and target are drawn as they stood at the time; triangles are pay-ins."
    " Of more snapshots than fit, the last and the lowest of each part of the period are drawn."
)
WHATEVER_PERIOD = "All exceptions open as of the time of the data, whatever period is shown."
NOT_LISTED_THEN = (
    "Which trades these were is kept for the newest complete data and later; choose that time to"
    " see them."
)
WEBHOOKS = "Of all pools: webhooks name trades, and are counted by the kind of event."


def not_ingested(*kinds: str) -> str:
    """What stands where records of these kinds have never arrived: not zero, not known."""
    named = " and ".join(KINDS[kind].lower() for kind in kinds).capitalize()
    return (
        f"**{named}: not loaded.** No such record has arrived, so this is not known; it is not"
        " zero. Load them with `utilization ingest PATH`."
    )


def only_currencies(drawn: int) -> str:
    """Which currencies have charts, where there are more than fit."""
    return (
        f"Charts show the first {drawn} currencies; choose pools in the side bar to see others."
        " The tables show all."
    )


DRILLS = {
    "unavailable_quotes": "Unavailable quotes",
    "errored_quotes": "Failed quote calls",
    "limit_errors": "Calls refused by a limit",
    "expired_quotes": "Expired quotes",
    "undelivered_trades": "Trades failed, released or returned",
    "long_reserved_trades": "Trades reserved too long",
    "ledger_exceptions": "Ledger exceptions",
}
"""What can be looked into, by the name of its count."""

DRILL_MEANS = {
    "unavailable_quotes": "Quote attempts answered as not available, without an HTTP error.",
    "errored_quotes": "Quote attempts that ended with an HTTP error.",
    "limit_errors": (
        "Quote attempts refused with a limit's code, and transact calls refused with 429. A call"
        " names no currency: it stands in each row of its pool."
    ),
    "expired_quotes": (
        "Firm quotes requested in the period that ran out before a trade and were not turned down."
    ),
    "undelivered_trades": "Trades that failed, were released or were returned in the period.",
    "long_reserved_trades": (
        "Trades still reserved as of this moment for longer than the age that is set ({age}),"
        " whatever period is shown; by the hour in which they were made."
    ),
    "ledger_exceptions": (
        "What did not tie out, by the time of the event. Exceptions without a pool are on Finance."
    ),
}
TRADE_ENDS = {"failed": "Failed", "released": "Released", "returned": "Returned after settling"}
RESERVED_FOR = {
    "under_1d": "Reserved up to 24 h",
    "1d_to_3d": "Reserved 1 to 3 days",
    "3d_to_7d": "Reserved 3 to 7 days",
    "over_7d": "Reserved over 7 days",
}
EXPIRED = "Ran out before a trade"
TRANSACT_LIMITED = "Transact call refused (429)"
ID_LABEL = "Id of a request, quote, trade, webhook event, order or ledger entry"
ID_HELP = "Every record that carries it, and what those lead to, in time order."
ID_EXAMPLE = "Paste an id and press Enter"
ID_MALFORMED = "An id has 1 to 128 characters, without spaces. Check what was pasted."
ID_UNKNOWN = (
    "**No record of this partner carries this id** before the moment this page answers for. Check"
    " that it is whole. If it is newer than that moment, choose the newest event under As of."
)
BEING_LOADED = "Records are being loaded right now, so they cannot be read. Try again in a moment."
STORY_TIMES = "All times are UTC, as in the records."
PICK_POOL = "Choose a pool to go on."
PICK_HOUR = "Choose an hour to see its reasons and ids: click its bar, or choose it from the list."
PICK_DAY = "Choose a day to see its hours: click its bar, or choose it from the list."
PLACE_GONE = "The address names a {what} that is not among those shown; it is left out."
NOTHING_LOOKED_INTO = "None in this period for the pools shown."


def adds_up(parts: str, shown: str, whole: str) -> str:
    """Whether parts that are drawn or listed add up to the figure above them."""
    if shown == whole:
        return f"{parts} add up to {shown}, as the figure above says."
    return (
        f"{parts} add up to {shown}; the figure above says {whole}. Records have arrived since the"
        " figures were made; they agree again once those are published."
    )
