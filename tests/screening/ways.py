"""The two ways in, each told as plain data: the screen over a file, and the judge record by record.

The second way shares nothing with the first but the contracts: it splits bytes with Python's own
tools and asks `judge` once for each record.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts import MODELS, UnreadableRecordError, field_table, judge, parse_object
from pipelines.screening.parts import screened_parts
from pipelines.screening.screen import SetAside, Sink
from pipelines.settings import Settings
from pipelines.sources.discovery import SourceFile, discover

Row = tuple[object, ...]
MAX_LINE_BYTES = 16_384


@dataclass
class Outcome:
    """What became of the records of one file."""

    accepted: dict[int, Row] = field(default_factory=dict)
    """Line to the values of all fields in stored order."""

    aside: list[tuple[int, str, str]] = field(default_factory=list)
    """(line, disposition, rule), sorted."""

    dropped: Counter[str] = field(default_factory=Counter)
    """Undeclared names: how many records carried each."""


def settings_of(folder: Path, **choices: Any) -> Settings:
    """Settings with a short line cap, so that a long line is cheap to make."""
    return Settings(home=folder / "home", **{"max_line_bytes": MAX_LINE_BYTES, **choices})


def source_file(path: Path) -> SourceFile:
    """The record file at `path`."""
    (file,), _ = discover([path], MODELS)
    return file


def screened(
    connection: duckdb.DuckDBPyConnection, path: Path, **choices: Any
) -> tuple[Outcome, list[SetAside]]:
    """Run the screen over the file at `path`."""
    outcome = Outcome()
    aside: list[SetAside] = []
    file = source_file(path)
    sink = Sink(aside.append, lambda _: None)
    names = ", ".join(spec.name for spec in field_table(file.kind))
    for _ in screened_parts(connection, file, settings_of(path.parent, **choices), sink):
        rows = connection.sql(f"select line_number, {names} from screened where clean").fetchall()
        for number, *values in rows:
            assert number not in outcome.accepted, f"line {number} was taken twice"
            outcome.accepted[number] = tuple(values)
    outcome.aside = sorted((each.line_number, each.disposition, each.rule) for each in aside)
    outcome.dropped = sink.dropped
    return outcome, aside


def judged_json(kind: str, data: bytes, max_line_bytes: int = MAX_LINE_BYTES) -> Outcome:
    """Judge each line of `data`."""
    outcome = Outcome()
    for number, line in enumerate(lines_of(data), start=1):
        if len(line) > max_line_bytes:
            outcome.aside.append((number, "refused", "too_long"))
            continue
        try:
            if line.decode().strip():
                _judge(outcome, kind, number, parse_object(line), text_cells=False)
        except (UnicodeDecodeError, UnreadableRecordError):
            outcome.aside.append((number, "refused", "unreadable"))
    outcome.aside.sort()
    return outcome


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a file with their line ends, the last one given an end where it has none."""
    return [line.removesuffix(b"\n") + b"\n" for line in _cut(data.removeprefix(b"\xef\xbb\xbf"))]


def _cut(data: bytes) -> Iterator[bytes]:
    while data:
        line, end, data = data.partition(b"\n")
        yield line + end


def judged_csv(kind: str, text: str) -> Outcome:
    """Judge each row of a CSV text that is well formed and has no line end inside a cell."""
    outcome = Outcome()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    for number, row in enumerate(rows, start=2):
        if row:
            _judge(outcome, kind, number, dict(zip(header, row, strict=True)), text_cells=True)
    outcome.aside.sort()
    return outcome


def judged_parquet(kind: str, path: Path) -> Outcome:
    """Judge each row of a Parquet file whose cells Python has values for."""
    outcome = Outcome()
    table = pq.read_table(path)
    for index, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz is not None:
            utc = column.with_type(pa.timestamp(column.type.unit, "UTC"))
            table = table.set_column(index, utc, table.column(index).cast(utc.type))
    for number, raw in enumerate(table.to_pylist(), start=1):
        _judge(outcome, kind, number, raw, text_cells=False)
    outcome.aside.sort()
    return outcome


def _judge(
    outcome: Outcome, kind: str, number: int, raw: dict[str, Any], *, text_cells: bool
) -> None:
    verdict = judge(kind, raw, text_cells=text_cells)
    if verdict.private is not None:
        outcome.aside.append((number, "refused", "private"))
        return
    outcome.dropped.update(verdict.unknown_fields)
    if verdict.record is None:
        rules = ",".join(dict.fromkeys(fault.rule for fault in verdict.faults))
        outcome.aside.append((number, "quarantined", rules))
    else:
        values = (verdict.record[spec.name] for spec in field_table(kind))
        outcome.accepted[number] = tuple(map(_as_stored, values))


def _as_stored(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
