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
OUTDATED = (
    "Figures of another version",
    "What is published was worked out by another version of this product. The next load works it"
    " out anew, as does `utilization rebuild`. Reload this page then.",
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
PLACE_GONE = "The address names a {what} that is not among those shown; it is left out."


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


def not_ingested(*kinds: str) -> str:
    """What stands where records of these kinds have never arrived: not zero, not known."""
    named = " and ".join(KINDS[kind].lower() for kind in kinds).capitalize()
    return (
        f"**{named}: not loaded.** No such record has arrived, so this is not known; it is not"
        " zero. Load them with `utilization ingest PATH`."
    )
