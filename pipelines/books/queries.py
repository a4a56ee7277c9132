"""How the questions about the books are asked: SQL as files, times as the tables hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.metrics.marks import UnalignedInstantError
from pipelines.sqlfiles import sql_text
from pipelines.windows import QUARTER_HOUR, Window, format_instant

FOLDER = Path(__file__).parent
_TIME = pa.timestamp("us")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Earlier than any record."""


@cache
def query(name: str) -> str:
    """The text of `pipelines/books/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def naive(instant: datetime) -> datetime:
    """An aware instant as the tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def answer(cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, Any]) -> pa.Table:
    """Return what the query `name` yields, its times aware UTC."""
    return in_utc(cursor.execute(query(name), dict(parameters)).to_arrow_table())


def in_utc(table: pa.Table) -> pa.Table:
    """Return the table with its naive times marked as what they are, UTC."""
    for number, field in enumerate(table.schema):
        if field.type == _TIME:
            column = table.column(number).cast(pa.timestamp("us", tz="UTC"))
            table = table.set_column(number, field.name, column)
    return table


def asked_windows(windows: Sequence[Window], as_of: datetime) -> pa.Table:
    """Return the windows that begin before `as_of` as a table, each with when it closes."""
    asked = [
        (number, window.name, naive(window.start), naive(window.end))
        for number, window in enumerate(windows)
        if window.start < as_of
    ]
    columns = list(zip(*asked, strict=True)) or [()] * 4
    closes = [min(end, naive(as_of)) for end in columns[3]]
    return pa.table(
        {
            "window_no": pa.array(columns[0], pa.int64()),
            "window_name": pa.array(columns[1], pa.string()),
            "window_start": pa.array(columns[2], _TIME),
            "window_end": pa.array(columns[3], _TIME),
            "closes_at": pa.array(closes, _TIME),
        }
    )


def require_exact(cursor: duckdb.DuckDBPyConnection, instants: Iterable[datetime]) -> None:
    """Raise UnalignedInstantError for a naive instant at which no stored bucket begins."""
    inside = {moment for moment in instants if (moment - EPOCH) % QUARTER_HOUR}
    cuts = {cut for (cut,) in cursor.execute(sql_text("build_cuts.sql")).fetchall()}
    for moment in sorted(inside - cuts):
        raise UnalignedInstantError(
            f"{format_instant(moment.replace(tzinfo=UTC))} lies inside a stored 15-minute bucket;"
            " ask for a multiple of 15 minutes, or of a build that is cut there"
        )
