"""The canonical dump of one partner's warehouse: what it says, not how it came to say it.

Sources, batches and hash columns are left out, so two warehouses of the same records have the same
dump, whatever the order, the files and the repeats in which the records arrived.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from pipelines.building import MODELS_OF
from pipelines.contracts import MODELS
from pipelines.kindtables import LINKS, hash_name
from pipelines.sqlfiles import sql_text

DERIVED = ("trade_state", "trade_flags", "conflicts", "breaks")
LEFT_OUT = frozenset(
    {
        "source",
        "record",
        "key_hash",
        *(hash_name(link) for links in LINKS.values() for link in links),
    }
)
"""Where a record came from, what repeats other columns, and what only speeds up joins."""


def dumped_tables() -> tuple[str, ...]:
    """Every table of the dump in its order: kinds, what is folded from them, buckets."""
    buckets = [table for tables in MODELS_OF.values() for table in tables]
    return (*MODELS, *DERIVED, *buckets)


def canonical_dump(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Yield one line a row of the attached `facts`: the table, a tab, its values as a JSON array.

    Tables come in a fixed order and rows sorted, so equal warehouses give equal lines.
    """
    with connection.cursor() as cursor:
        for table in dumped_tables():
            cursor.execute(_statement(cursor, "dump_rows.sql", table))
            while rows := cursor.fetchmany(10_000):
                yield from (f"{table}\t{row[0]}" for row in rows)


def table_digests(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """Return rows and digest of each table of the attached `facts`, computed inside the engine.

    Equal digests mean equal sets of rows; they compare warehouses of one engine version.
    """
    with connection.cursor() as cursor:
        return {table: _digest(cursor, table) for table in dumped_tables()}


def _digest(cursor: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    row = cursor.execute(_statement(cursor, "dump_digest.sql", table)).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")


def _statement(cursor: duckdb.DuckDBPyConnection, file: str, table: str) -> str:
    """The statement over the columns that say something."""
    names = cursor.execute(sql_text("dump_columns.sql"), {"table": table}).fetchall()
    texts = [f"{name}::varchar" for (name,) in names if name not in LEFT_OUT]
    return sql_text(file).format(texts=", ".join(texts), table=f"facts.{table}")
