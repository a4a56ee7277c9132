"""Reconcile trades, ledger and orders: which of them have no counterpart, or one that differs.

Set-wise: the stories that changed since the last time are compared again, a story being the
trades, entries and orders that name each other; the rest stays as it was found. What the records
say is a pure function of them. When it was first seen, and seen closed, is kept in `sightings`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.books.steps import balance_steps
from pipelines.failpoints import reach
from pipelines.settings import Settings
from pipelines.sightings import append_sightings
from pipelines.sqlfiles import model_text, models_version, sql_text

COMPARED = (
    "links",
    "unnamed",
    "claims",
    "entry_links",
    "trade_books",
    "suspects",
    "ranked_entries",
    "netted",
    "order_links",
)
"""What is worked out for the stories in hand, each from those before it."""

BREAKS = (
    "trade_without_debit",
    "trade_without_refund",
    "entry_without_trade",
    "refund_without_trade",
    "amount_mismatch",
    "duplicate_entry",
    "duplicate_pay_in",
    "trade_without_order",
    "order_without_trade",
    "illegal_observation",
)
"""What is wrong with a story."""

WHOLE = ("record_conflict", "balance_mismatch")
"""What is found anew each time, because it is no part of a story and small."""

MOST_TOUCHED = 4
"""Stories are all compared where more than one record in so many changed: that is cheaper."""


def reconcile(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    watermark: datetime | None,
    landing: Path | None,
) -> None:
    """Bring the exceptions of the attached `facts` up to its records, in one transaction.

    `watermark` is naive UTC: an exception is seen once it has been reached. When each was seen
    is written below `landing`, for good; None writes nothing.
    """
    fingerprint = _prepare(connection, settings, watermark)
    connection.execute("begin")
    try:
        _compare_stories(connection, fingerprint)
        connection.register("balance_steps", balance_steps(connection, catalog="facts"))
        _find(connection, WHOLE)
        connection.unregister("balance_steps")
        connection.execute(sql_text("whole_books.sql"))
        for name in ("known_refs", "weak_pairs", "current_exceptions", "history"):
            _keep(connection, name)
        seen = connection.execute(sql_text("exceptions_changed.sql")).fetchall()
        if landing is not None:
            append_sightings(landing, [sighting for (sighting,) in seen])
        reach("exceptions_seen")
        for table in ("exceptions", "weak_links"):
            connection.execute(sql_text(f"clear_{table}.sql"))
            connection.execute(sql_text(f"add_{table}.sql"))
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    reach("reconciled")


def _prepare(
    connection: duckdb.DuckDBPyConnection, settings: Settings, watermark: datetime | None
) -> str:
    """Set what the models read besides records; returns what all stories depend on."""
    seconds = settings.ledger_lateness.total_seconds()
    connection.execute(sql_text("set_ledger_lateness.sql"), {"seconds": seconds})
    statuses = [status.lower() for status in settings.tradeless_order_statuses]
    connection.execute(sql_text("set_tradeless.sql"), {"statuses": statuses})
    connection.execute(sql_text("set_known_to.sql"), {"watermark": watermark})
    connection.execute(sql_text("set_seen_at.sql"))
    connection.execute(sql_text("set_reconciled_from.sql"))
    days = connection.execute(sql_text("reconciled_from.sql")).fetchone()
    return f"{models_version()} {seconds} {','.join(statuses)} {days}"


def _compare_stories(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> None:
    meta = dict(connection.execute(sql_text("meta.sql")).fetchall())
    touched, records = connection.execute(sql_text("touched_counts.sql")).fetchone() or (0, 0)
    is_same = meta.get("reconciled") == fingerprint
    if is_same and not touched:
        return
    if is_same and touched * MOST_TOUCHED < records:
        _widen(connection)
        connection.execute(sql_text("story_touched.sql"))
    else:
        connection.execute(sql_text("story_all.sql"))
    for name in COMPARED:
        _keep(connection, name)
    _find(connection, BREAKS)
    connection.execute(sql_text("clear_story_breaks.sql"))
    connection.execute(sql_text("add_breaks.sql"))
    connection.execute(sql_text("clear_touched.sql"))
    connection.execute(sql_text("drop_meta.sql"), {"name": "reconciled"})
    connection.execute(sql_text("add_meta.sql"), {"name": "reconciled", "value": fingerprint})


def _widen(connection: duckdb.DuckDBPyConnection) -> None:
    """Follow the ids from the records that changed until no record joins them."""
    connection.execute(sql_text("story_begun.sql"))
    size, turn = -1, 0
    while size != (size := _size(connection)):
        turn += 1
        connection.execute(sql_text("story_ids.sql"), {"turn": turn})
        connection.execute(sql_text("story_widened.sql"), {"turn": turn})


def _size(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute(sql_text("story_size.sql")).fetchone()
    return int(row[0]) if row else 0


def _find(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> None:
    """Fill `found` with what these models find."""
    connection.execute(sql_text("keep_breaks.sql"))
    for name in names:
        model = model_text(f"reconciliation/{name}")
        connection.execute(sql_text("add_found.sql").format(model=model))


def _keep(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Keep what a model says as the temporary table `name`."""
    model = model_text(f"reconciliation/{name}")
    connection.execute(sql_text("keep_model.sql").format(name=name, model=model))
