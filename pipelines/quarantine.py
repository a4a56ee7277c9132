"""What was set aside: one entry a record, told apart by what it is and where it stood."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.screening.screen import SetAside
from pipelines.sqlfiles import sql_text

ENTRY_COLUMNS = (
    "entry_id",
    "kind",
    "source",
    "line_number",
    "disposition",
    "rule",
    "reason",
    "fields",
    "withheld",
)


def entry_of(aside: SetAside, *, kind: str, source: str) -> dict[str, Any]:
    """The stored entry; the same record set aside again from the same place is the same entry."""
    entry = {
        "kind": kind,
        "source": source,
        "line_number": aside.line_number,
        "disposition": aside.disposition,
        "rule": aside.rule,
        "reason": aside.reason,
        "fields": _json(aside.fields),
        "withheld": _json(aside.withheld),
    }
    told = json.dumps(entry, sort_keys=True).encode()
    return {"entry_id": hashlib.sha256(told).hexdigest()[:16], **entry}


def add_entries(
    connection: duckdb.DuckDBPyConnection, sequence: int, entries: Sequence[dict[str, Any]]
) -> None:
    """Add entries to the facts' quarantine table, once each."""
    first = {entry["entry_id"]: entry for entry in reversed(entries)}
    columns = {name: [entry[name] for entry in first.values()] for name in ENTRY_COLUMNS}
    table = pa.table({**columns, "sequence": [sequence] * len(first)})
    connection.register("set_aside", table)
    connection.execute(sql_text("add_quarantine.sql"))
    connection.unregister("set_aside")


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), default=str)
