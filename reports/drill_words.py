"""What is said on the way from a figure to its ids."""

from __future__ import annotations

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
PICK_POOL = "Choose a pool to go on."
PICK_HOUR = "Choose an hour to see its reasons and ids: click its bar, or choose it from the list."
PICK_DAY = "Choose a day to see its hours: click its bar, or choose it from the list."
NOTHING_LOOKED_INTO = "None in this period for the pools shown."


def adds_up(parts: str, shown: str, whole: str) -> str:
    """Whether parts that are drawn or listed add up to the figure above them."""
    if shown == whole:
        return f"{parts} add up to {shown}, as the figure above says."
    return (
        f"{parts} add up to {shown}; the figure above says {whole}. Records have arrived since the"
        " figures were made; they agree again once those are published."
    )
