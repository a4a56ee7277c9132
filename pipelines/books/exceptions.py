"""What reconciliation found: the exceptions one by one, and what they come to per currency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.books.queries import answer, naive
from pipelines.errors import UsageError
from pipelines.metrics.catalog import load_query

KINDS = (
    "trade_without_debit",
    "debit_without_trade",
    "trade_without_refund",
    "refund_without_trade",
    "amount_mismatch",
    "duplicate_entry",
    "balance_mismatch",
    "trade_without_order",
    "order_without_trade",
    "illegal_transition",
    "conflict",
)
STATES = ("open", "pending", "resolved")
BOOK_KINDS = (
    "trade_without_debit",
    "trade_without_refund",
    "refund_without_trade",
    "amount_mismatch",
    "duplicate_entry",
)
"""Kinds that say that the ledger does not tell of a trade what it should."""


def exceptions_table(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    kinds: Sequence[str] = KINDS,
    states: Collection[str] = STATES,
    history: bool = True,
) -> pa.Table:
    """Return one row per exception as of the aware `as_of`, by event time.

    `amount` is DECIMAL(28, 8) or null, times are aware UTC, `age_s` whole seconds since `event_at`
    and null once resolved, `candidates` the ids that an ambiguous one may belong to. Without
    `history` those are left out that were open only because a record came late, so that the answer
    is the same in whatever order records came. Raises UsageError for a kind or state that there is
    not.
    """
    _require("kind", kinds, KINDS)
    _require("state", states, STATES)
    parameters = {
        "as_of": naive(as_of),
        "kinds": list(kinds),
        "states": list(states),
        "history": history,
    }
    with connection.cursor() as cursor:
        return answer(cursor, "exceptions", parameters)


def reconciliation_table(connection: duckdb.DuckDBPyConnection, *, as_of: datetime) -> pa.Table:
    """Return one row per currency as of the aware `as_of`: what ties out, what is open, how old.

    `match_rate` = trades tied out / trades that had time to be booked, created since both sides
    are known; null where there is none. `value_at_risk` sums the amounts of open exceptions
    without sign, null where none of them has one. Orders have no currency: theirs is a row of
    its own.
    """
    with connection.cursor() as cursor:
        for statement in cursor.extract_statements(load_query("macros").sql):
            cursor.execute(statement)
        parameters = {"as_of": naive(as_of), "trade_kinds": list(BOOK_KINDS)}
        return answer(cursor, "reconciliation", parameters)


def _require(what: str, given: Collection[str], known: Sequence[str]) -> None:
    for one in given:
        if one not in known:
            raise UsageError(f"no {what} {one!r}; choose from {', '.join(known)}")
