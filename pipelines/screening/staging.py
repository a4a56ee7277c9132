"""The table that accepted records wait in, typed, until they are landed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.contracts import field_table
from pipelines.contracts.fields import Tag
from pipelines.screening.statement import screened_columns, sql_file

ARROW_TYPES: dict[Tag, pa.DataType] = {
    "money": pa.decimal128(28, 8),
    "rate": pa.decimal128(38, 18),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "instant": pa.timestamp("us"),
    "id_list": pa.list_(pa.string()),
}


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the screen's macros on a fresh in-memory connection."""
    connection.execute(sql_file("macros.sql"))


def empty_screened(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Begin a part: an empty table for the records of `kind`."""
    columns = ", ".join(f"{name} {sql}" for name, sql in screened_columns(kind))
    connection.execute(sql_file("screened.sql").format(columns=columns))


def add_judged(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    numbers: Sequence[int],
    records: Sequence[Mapping[str, Any]],
) -> None:
    """Add records that the models accepted, with the lines they came from."""
    if not records:
        return
    columns: dict[str, pa.Array] = {
        "line_number": pa.array(numbers, pa.int64()),
        "clean": pa.repeat(pa.scalar(True), len(numbers)),
    }
    for spec in field_table(kind):
        values = [_plain(record[spec.name]) for record in records]
        arrow_type = ARROW_TYPES.get(spec.shape.tag, pa.string())
        columns[spec.name] = pa.array(values, arrow_type)
    connection.register("judged_rows", pa.table(columns))
    connection.execute(sql_file("add_judged.sql"))
    connection.unregister("judged_rows")


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
