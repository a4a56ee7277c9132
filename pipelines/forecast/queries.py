"""The SQL of this package, as files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

FOLDER = Path(__file__).parent


@cache
def query(name: str) -> str:
    """The text of `pipelines/forecast/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def answer(cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, Any]) -> pa.Table:
    """Return what the query `name` yields, its times naive UTC as the tables hold them."""
    return cursor.execute(query(name), dict(parameters)).to_arrow_table()
