"""Canaries: words that occur nowhere else, and a sweep of everything a home holds for them.

A sweep reads every byte of every file, and what the bytes stand for where a format packs them:
every column of every Parquet file, every table of every database. It looks for the word as it is,
in hexadecimal, in base64 at any alignment and in UTF-16.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

CANARY = "zqCanaryFeather"
"""The beginning of every value that may be found nowhere."""

CONTROL = "zqControlFeather"
"""The beginning of a value that may be stored, and must be found if a sweep is worth anything."""


def forms_of(word: str) -> tuple[bytes, ...]:
    """The word in every form a sweep looks for."""
    data = word.encode()
    aligned = [base64.b64encode(bytes(lead) + data)[_start(lead) :] for lead in range(3)]
    # The last characters also depend on what follows, so they are left out.
    cut = [text[: len(text) - 4] for text in aligned]
    return (data, data.hex().encode(), data.hex().upper().encode(), word.encode("utf-16-le"), *cut)


def _start(lead: int) -> int:
    return (0, 2, 3)[lead]


def is_in(word: str, data: bytes) -> bool:
    """Whether `data` holds the word in any form."""
    return any(form in data for form in forms_of(word))


def found_in_home(word: str, home: Path) -> list[str]:
    """Where in a home the word is: files by their bytes or names, columns, tables."""
    return [
        where
        for path in sorted(home.rglob("*"))
        for where, data in _contents(path, path.relative_to(home))
        if is_in(word, data)
    ]


def _contents(path: Path, name: Path) -> Iterator[tuple[str, bytes]]:
    yield f"{name} (name)", str(name).encode()
    if not path.is_file():
        return
    yield f"{name} (bytes)", path.read_bytes()
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        yield f"{name} (schema)", str(file.schema).encode() + str(file.metadata.metadata).encode()
        for column in file.read().to_pydict().items():
            yield f"{name} (column {column[0]})", str(column).encode()
    if path.suffix == ".duckdb":
        yield from _tables(path, name)


def _tables(path: Path, name: Path) -> Iterator[tuple[str, bytes]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.sql("select table_name from duckdb_tables()").fetchall()
        for (table,) in tables:
            rows = connection.table(table).fetchall()
            yield f"{name} (table {table})", str(rows).encode()
