"""What the story of one id says: states, what is missing, what a user may be told."""

from __future__ import annotations

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
STORY_TIMES = "All times are UTC, as in the records."


def state(key: str, *, is_overdue: bool = False, error_code: str | None = None) -> tuple[str, str]:
    """What the state of a story is called, and the sentence a partner's own user may read.

    `error_code` is that of a quote attempt which failed.
    """
    if error_code in ("amount_below_min", "amount_above_max"):
        return STATES["amount_outside"]
    if error_code == "insufficient_balance":
        return STATES["balance_insufficient"]
    return STATES["overdue" if is_overdue else key]


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
