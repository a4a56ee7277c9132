"""Run the screen over one file, a bounded number of records at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from typing import Generic, TypeVar

import duckdb
import pyarrow as pa

from pipelines.contracts import UnreadableRecordError, field_table, parse_object, private_word
from pipelines.errors import SourceRefusedError
from pipelines.screening.cell_columns import (
    Layout,
    csv_cells,
    form_of,
    layout_of,
    nested_names,
    parquet_cells,
)
from pipelines.screening.columns import Form
from pipelines.screening.screen import Judge, SetAside, Sink, is_row_by_row, report_refusals
from pipelines.screening.staging import empty_screened
from pipelines.screening.statement import cells_statement, lines_statement, sql_file
from pipelines.settings import Settings
from pipelines.sources.cells import CsvRows, open_parquet, parquet_batches, raw_rows
from pipelines.sources.discovery import SourceFile
from pipelines.sources.lines import line_batches
from pipelines.sources.refusals import Refusal
from pipelines.sources.streams import open_bytes

SAMPLED_LINES = 2_000
SUSPECTS_AT_ONCE = 10_000
MOST_UNDECLARED = 16
LONGEST_SHOWN = 64
WHOLE_FILE = "file"
"""The rule by which the rest of a file is refused: it cannot be read."""


def screened_parts(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, settings: Settings, sink: Sink
) -> Iterator[None]:
    """Yield once for each part of `file`, when the table `screened` holds its good records.

    A part has about `settings.batch_rows` records at most. What is not loaded goes to `sink`; a
    file that turns out damaged ends there, with what came before it loaded. The last part is
    empty: it is there for what was set aside since the one before.
    """
    try:
        if file.format == "json":
            yield from _json_parts(connection, file, settings, sink)
        else:
            yield from _cell_parts(connection, file, settings, sink)
    except SourceRefusedError as error:
        reason = str(error).removeprefix(f"{file.source}: ")
        sink.aside(SetAside(0, "refused", WHOLE_FILE, reason))
    empty_screened(connection, file.kind)
    yield


T = TypeVar("T")


class _Held(Generic[T]):
    """Batches or rows that end where the file is damaged, and say so afterwards.

    An error inside the engine's scan would undo the rows before it.
    """

    def __init__(self, found: Iterator[T]) -> None:
        self._found = found
        self.error: SourceRefusedError | None = None

    def __iter__(self) -> Iterator[T]:
        try:
            yield from self._found
        except SourceRefusedError as error:
            self.error = error


def _json_parts(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, settings: Settings, sink: Sink
) -> Iterator[None]:
    refusals: list[Refusal] = []
    judge = Judge(connection, file, settings, sink)
    with open_bytes(file, settings, sink.progress) as reader:
        held = _Held(
            line_batches(reader, max_line_bytes=settings.max_line_bytes, refusals=refusals)
        )
        batches = iter(held)
        while (first := next(batches, None)) is not None:
            empty_screened(connection, file.kind)
            part = _until(chain([first], batches), settings.batch_rows)
            if is_row_by_row(file.kind, settings):
                _judge_lines(judge, part)
            else:
                _screen_lines(connection, file.kind, first, part, sink)
                _judge_suspects(connection, judge)
            judge.flush()
            report_refusals(refusals, sink)
            yield
        report_refusals(refusals, sink)
        if held.error is not None:
            raise held.error


def _until(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Yield batches until they hold `rows` rows; the rest stays in `batches`."""
    held = 0
    while held < rows and (batch := next(batches, None)) is not None:
        held += batch.num_rows
        yield batch


def _judge_lines(judge: Judge, batches: Iterator[pa.RecordBatch]) -> None:
    for batch in batches:
        numbers = batch.column("line_number").to_pylist()
        for number, line in zip(numbers, batch.column("line").to_pylist(), strict=True):
            judge.line(number, line)


def _screen_lines(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    first: pa.RecordBatch,
    part: Iterator[pa.RecordBatch],
    sink: Sink,
) -> None:
    step = max(first.num_rows // SAMPLED_LINES, 1)
    spellings, undeclared = _spellings(kind, first.column("line").to_pylist()[::step])
    statement = lines_statement(kind, spellings, undeclared)
    paths = [f'$."{name}"' for name in (*spellings.values(), *undeclared)]
    connection.register("lines", pa.RecordBatchReader.from_batches(first.schema, part))
    connection.execute(statement, {"paths": paths})
    connection.unregister("lines")
    for place, name in enumerate(undeclared):
        counted = connection.execute(sql_file("dropped.sql"), {"place": place}).fetchone()
        if counted and counted[0]:
            sink.dropped[name] += counted[0]


def _spellings(kind: str, lines: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """How these lines spell each field they have, and which undeclared names they carry.

    Only a guess to be quick with: a line that spells things otherwise is judged on its own.
    """
    seen: dict[str, None] = {}
    for line in lines:
        try:
            seen.update(dict.fromkeys(parse_object(line)))
        except UnreadableRecordError:
            continue
    specs = field_table(kind)
    spellings = {
        spec.name: name
        for spec in specs
        for name in (*reversed(spec.aliases), spec.name)
        if name in seen
    }
    if not spellings:
        spellings = {spec.name: spec.name for spec in specs}
    known = {name for spec in specs for name in (spec.name, *spec.aliases)}
    undeclared = [name for name in seen if name not in known and _is_simple(name)]
    return spellings, undeclared[:MOST_UNDECLARED]


def _is_simple(name: str) -> bool:
    letters = name.replace("_", "").replace("-", "")
    if len(name) > LONGEST_SHOWN:
        return False
    return letters.isascii() and letters.isalnum() and private_word(name) is None


def _judge_suspects(connection: duckdb.DuckDBPyConnection, judge: Judge) -> None:
    after = 0
    while True:
        suspects = connection.execute(
            sql_file("suspects.sql"), {"after": after, "most": SUSPECTS_AT_ONCE}
        ).fetchall()
        if not suspects:
            return
        for number, line in suspects:
            judge.line(number, line)
        after = suspects[-1][0]


def _cell_parts(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, settings: Settings, sink: Sink
) -> Iterator[None]:
    refusals: list[Refusal] = []
    with ExitStack() as stack:
        if file.format == "csv":
            reader = stack.enter_context(open_bytes(file, settings, sink.progress))
            table = CsvRows(reader, max_line_bytes=settings.max_line_bytes, name=file.source)
            layout = layout_of(file.kind, table.header)
            forms: dict[str, Form] = dict.fromkeys(layout.fields, "text")
            cells = csv_cells(table, layout, refusals)
        else:
            opened = stack.enter_context(open_parquet(file, settings))
            schema = opened.schema_arrow
            layout = layout_of(file.kind, schema.names, nested_names(schema))
            forms = {
                field: form_of(file.kind, schema.field(column).type, field)
                for field, column in layout.fields.items()
            }
            cells = parquet_cells(
                parquet_batches(opened, file.source, sink.progress), layout, file.kind
            )
        if layout.private is not None or layout.contested or is_row_by_row(file.kind, settings):
            yield from _row_parts(connection, file, settings, sink)
            return
        for _ in _screened_cells(connection, file, settings, sink, (cells, layout, forms)):
            report_refusals(refusals, sink)
            yield
        report_refusals(refusals, sink)


def _screened_cells(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    settings: Settings,
    sink: Sink,
    cells: tuple[Iterator[pa.RecordBatch], Layout, dict[str, Form]],
) -> Iterator[None]:
    batches, layout, forms = cells
    held = _Held(batches)
    waiting = iter(held)
    statement = cells_statement(file.kind, forms)
    while (first := next(waiting, None)) is not None:
        empty_screened(connection, file.kind)
        part = _until(chain([first], waiting), settings.batch_rows)
        connection.register("cells", pa.RecordBatchReader.from_batches(first.schema, part))
        connection.execute(statement)
        connection.unregister("cells")
        _count_dropped(connection, layout, sink)
        _judge_rows(connection, file, settings, sink)
        yield
    if held.error is not None:
        raise held.error


def _count_dropped(connection: duckdb.DuckDBPyConnection, layout: Layout, sink: Sink) -> None:
    """Count the undeclared columns, which each good row carries; the judge counts for the rest."""
    if not layout.dropped:
        return
    counted = connection.execute(sql_file("count_clean.sql")).fetchone()
    if counted and counted[0]:
        sink.dropped.update(dict.fromkeys(layout.dropped, counted[0]))


def _judge_rows(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, settings: Settings, sink: Sink
) -> None:
    """Read the suspect rows of this part again, whole, and judge them."""
    suspects = connection.execute(sql_file("suspect_numbers.sql")).fetchnumpy()["line_number"]
    if len(suspects) == 0:
        return
    wanted = set(suspects.tolist())
    last = max(wanted)
    judge = Judge(connection, file, settings, sink)
    # What cannot be read at all was refused on the first pass.
    for number, raw in raw_rows(file, settings, [], lambda _: None):
        if number in wanted:
            judge.row(number, raw)
        if number >= last:
            break
    judge.flush()


def _row_parts(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, settings: Settings, sink: Sink
) -> Iterator[None]:
    """Judge every row on its own, a part at a time."""
    refusals: list[Refusal] = []
    judge = Judge(connection, file, settings, sink)
    held = _Held(raw_rows(file, settings, refusals, sink.progress))
    rows = iter(held)
    while (first := next(rows, None)) is not None:
        empty_screened(connection, file.kind)
        for number, raw in chain([first], islice(rows, settings.batch_rows - 1)):
            judge.row(number, raw)
        judge.flush()
        report_refusals(refusals, sink)
        yield
    report_refusals(refusals, sink)
    if held.error is not None:
        raise held.error
