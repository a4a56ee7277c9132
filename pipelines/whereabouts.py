"""Where an id occurs: its kinds and days, found without a look at the records themselves.

Every id that records are joined on leaves a place when its record is loaded: the upper half of its
hash, the kind, the day. Places are only ever added, so a place may be of a record that was replaced
since, or of another id with the same upper half; the rows say. Sorted runs of them are what makes a
look-up read a few blocks: the engine knows the least and the greatest hash of each block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.kindtables import LINKS, KindTable, hash_name
from pipelines.sqlfiles import sql_text

RUN_ROWS = 1_000_000
"""Places that are searched one by one before they are sorted into a run of their own."""

NAMED_BY_KEY = ("quotes", "ledger", "orders", "errors")
"""Kinds whose key is one id, so that the hash of the key is the hash of that id."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One id in the records of one kind: on which days, and in how many places at most."""

    id: str
    kind: str
    hash: int
    """The whole hash of the id."""

    days: tuple[date, ...]
    places: int


def id_hashes(table: KindTable) -> list[str]:
    """The columns of a kind that hold the hash of one id."""
    own = ["key_hash"] if table.kind in NAMED_BY_KEY else []
    return [*own, *map(hash_name, table.links)]


def create_places(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables in the attached `facts`."""
    kinds = ", ".join(f"'{kind}'" for kind in LINKS)
    for table in ("id_places", "new_id_places"):
        connection.execute(sql_text("id_places.sql").format(table=table, kinds=kinds))


def add_places(connection: duckdb.DuckDBPyConnection, table: KindTable) -> None:
    """Add the places of the ids in `fresh`, as part of the transaction that adds the rows."""
    if hashes := id_hashes(table):
        statement = sql_text("add_id_places.sql").format(hashes=", ".join(hashes))
        connection.execute(statement, {"kind": table.kind})


def sort_places(connection: duckdb.DuckDBPyConnection, *, at_least: int = RUN_ROWS) -> None:
    """Sort the places that came since the last run into a run, once they are `at_least` so many."""
    row = connection.execute(sql_text("count_new_id_places.sql")).fetchone()
    if row is None or row[0] < max(at_least, 1):
        return
    connection.execute("begin")
    try:
        connection.execute(sql_text("sort_id_places.sql"))
        connection.execute(sql_text("clear_new_id_places.sql"))
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def find_places(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> list[Whereabouts]:
    """Every kind in which any of `ids` may occur."""
    if not ids:
        return []
    rows = connection.execute(sql_text("find_id_places.sql"), {"ids": list(ids)}).fetchall()
    return [
        Whereabouts(named, kind, hash_, tuple(days), places)
        for named, kind, hash_, days, places in rows
    ]
