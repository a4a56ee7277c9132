"""Reads a sample's files back, plainly and without the code that wrote them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import zstandard

from pipelines.contracts.judging import Verdict, judge
from pipelines.contracts.strict_json import parse_object

WRONG = ("-bad.", "-contradictions.")


def text_of(path: Path) -> bytes:
    """The bytes of a file, unpacked."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
    return data


def kind_of(path: Path) -> str:
    """The kind that a file's name says."""
    return path.name.split("-")[0]


def raw_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file as its format spells them."""
    if path.suffix == ".parquet":
        yield from pq.read_table(path).to_pylist()
    elif ".csv" in path.name:
        yield from csv.DictReader(io.StringIO(text_of(path).decode("utf-8")))
    else:
        for line in text_of(path).splitlines():
            yield json.loads(line)


def verdicts(path: Path) -> Iterator[Verdict]:
    """What the contract says of each record of a file; lines that are no JSON object raise."""
    cells = ".csv" in path.name
    if cells or path.suffix == ".parquet":
        for row in raw_rows(path):
            yield judge(kind_of(path), row, text_cells=cells)
    else:
        for line in text_of(path).splitlines():
            yield judge(kind_of(path), parse_object(line))


def files_of(folder: Path, kind: str, *, environment: str = "production") -> list[Path]:
    """The files of one kind and environment that hold no planted wrong records."""
    return [
        path
        for path in sorted(folder.glob(f"{kind}-*"))
        if not any(mark in path.name for mark in WRONG)
        and ("-sandbox-" in path.name) == (environment == "sandbox")
    ]


def rows(folder: Path, kind: str, *, environment: str = "production") -> list[dict[str, Any]]:
    """All distinct good records of one kind, as they are spelled."""
    found = {
        json.dumps(row, sort_keys=True): row
        for path in files_of(folder, kind, environment=environment)
        for row in raw_rows(path)
    }
    return list(found.values())


def at(text: str) -> datetime:
    """An RFC 3339 time."""
    return datetime.fromisoformat(text).astimezone(UTC)
