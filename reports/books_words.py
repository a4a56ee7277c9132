"""What is said of balances, the ledger and its exceptions."""

from __future__ import annotations

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


def exception(kind: str) -> str:
    """What an exception is called."""
    return EXCEPTIONS[kind][0]


def only_currencies(drawn: int) -> str:
    """Which currencies have charts, where there are more than fit."""
    return (
        f"Charts show the first {drawn} currencies; choose pools in the side bar to see others."
        " The tables show all."
    )
