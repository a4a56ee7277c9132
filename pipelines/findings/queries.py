"""The SQL of the findings, as files beside it."""

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
    """The text of `pipelines/findings/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def answer(
    connection: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, Any]
) -> pa.Table:
    """Return what the query `name` yields, given those of `parameters` that it names."""
    with connection.cursor() as cursor:
        (statement,) = cursor.extract_statements(query(name))
        used = {key: parameters[key] for key in statement.named_parameters}
        return cursor.execute(statement, used).to_arrow_table()
