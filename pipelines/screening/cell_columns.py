"""Cells of a CSV or Parquet file as the columns the screen wants, each in a form it can check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import field_table, private_word
from pipelines.contracts.fields import Shape
from pipelines.contracts.judging import plan_of
from pipelines.errors import SourceRefusedError
from pipelines.screening.columns import BARE_IN_JSON, Form
from pipelines.sources.cells import BATCH_ROWS, CsvRows
from pipelines.sources.refusals import Refusal

WORTH_A_LOOK = r"(^|[^A-Za-z0-9_])(pk|sk|whsec)_[A-Za-z0-9]|^\s*[\[{]"
"""A secret, or text that may spell a JSON container with names of its own."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the columns of one file stand to the fields of its kind."""

    fields: Mapping[str, str]
    """Field to the one column that holds it."""

    undeclared: tuple[str, ...]
    """Columns of no field."""

    dropped: tuple[str, ...]
    """Their names, as they may be shown."""

    contested: bool
    """Whether a field stands there in two spellings: then each row is judged on its own."""

    private: str | None
    """The rule of the private list that a column name breaks; then every row is refused."""


def layout_of(kind: str, columns: Sequence[str], nested: Sequence[str] = ()) -> Layout:
    """Place `columns` among the fields of `kind`; `nested` are names below the top level."""
    homes = {name: spec.name for spec in field_table(kind) for name in (spec.name, *spec.aliases)}
    fields: dict[str, str] = {}
    contested = False
    for column in columns:
        field = homes.get(column)
        if field is not None:
            contested = contested or field in fields
            fields.setdefault(field, column)
    words = (private_word(name) for name in (*columns, *nested))
    return Layout(
        fields=fields,
        undeclared=tuple(column for column in columns if column not in homes),
        dropped=plan_of(kind, tuple(columns)).unknown,
        contested=contested,
        private=next((word for word in words if word is not None), None),
    )


def csv_cells(table: CsvRows, layout: Layout, refusals: list[Refusal]) -> Iterator[pa.RecordBatch]:
    """Yield batches (line_number, plain, one text column a field); an empty cell is a null."""
    places = {field: table.header.index(column) for field, column in layout.fields.items()}
    others = [table.header.index(column) for column in layout.undeclared]
    for chunk in _chunks(table.rows(refusals)):
        plain = not any(
            re.search(WORTH_A_LOOK, cells[index]) for _, cells in chunk for index in others
        )
        columns = {
            field: pa.array([cells[index] or None for _, cells in chunk], pa.string())
            for field, index in places.items()
        }
        yield _batch([line for line, _ in chunk], columns, plain=plain)


def parquet_cells(
    batches: Iterator[tuple[int, pa.RecordBatch]], layout: Layout, kind: str
) -> Iterator[pa.RecordBatch]:
    """Yield batches (line_number, plain, one column a field, cast where nothing is lost)."""
    shapes = {spec.name: spec.shape for spec in field_table(kind)}
    for first, batch in batches:
        columns: dict[str, pa.Array] = {}
        plain = all(_is_harmless(batch.column(column)) for column in layout.undeclared)
        for field, column in layout.fields.items():
            columns[field], is_kept = _as_sent(batch.column(column), shapes[field])
            plain = plain and is_kept
        yield _batch(range(first, first + batch.num_rows), columns, plain=plain)


def form_of(kind: str, arrow_type: pa.DataType, field: str) -> Form:
    """The form in which a Parquet column of this type holds this field."""
    shape = next(spec.shape for spec in field_table(kind) if spec.name == field)
    if _is_text(arrow_type):
        # Only a CSV cell spells a number or a truth as text.
        return "odd" if shape.tag in BARE_IN_JSON else "text"
    return "typed" if _is_fitting(arrow_type, shape) else "odd"


def nested_names(schema: pa.Schema) -> list[str]:
    """Names of all fields below the top level of a Parquet schema, at any depth."""
    found: list[str] = []
    waiting: list[Any] = [field.type for field in schema]
    while waiting:
        kind = waiting.pop()
        for index in range(kind.num_fields):
            child = kind.field(index)
            found.append(child.name)
            waiting.append(child.type)
    return found


def _is_text(arrow_type: pa.DataType) -> bool:
    if pa.types.is_dictionary(arrow_type):
        arrow_type = arrow_type.value_type
    checks: tuple[Callable[[pa.DataType], bool], ...] = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
    )
    return any(check(arrow_type) for check in checks)


def _is_fitting(arrow_type: pa.DataType, shape: Shape) -> bool:
    if shape.tag in ("money", "rate"):
        scale = shape.decimals or 0
        return bool(pa.types.is_decimal128(arrow_type)) and 0 <= arrow_type.scale <= scale
    if shape.tag == "instant":
        return bool(pa.types.is_timestamp(arrow_type)) and arrow_type.tz is not None
    if shape.tag == "integer":
        return bool(pa.types.is_integer(arrow_type))
    return shape.tag == "boolean" and bool(pa.types.is_boolean(arrow_type))


def _as_sent(column: pa.Array, shape: Shape) -> tuple[pa.Array, bool]:
    """Return the column as the screen takes it, and whether it says all that was sent.

    Of a type that the field may not have, only what is null matters: the engine does not know all
    of Arrow's types.
    """
    try:
        if _is_text(column.type):
            # By way of bytes, as only that cast looks whether the text is UTF-8.
            return column.cast(pa.string()).cast(pa.binary()).cast(pa.string()), True
        if not _is_fitting(column.type, shape):
            return pc.if_else(column.is_null(), pa.scalar(None, pa.string()), "odd"), True
        if shape.tag == "instant":
            # The same microseconds without the zone's name: the engine is slow on zoned timestamps.
            return column.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us")), True
    except pa.ArrowInvalid:
        # Finer than microseconds, out of range, or not UTF-8: row by row.
        return pa.nulls(len(column), pa.string()), False
    return column, True


def _is_harmless(column: pa.Array) -> bool:
    """Whether an undeclared column can hold neither a secret nor names of its own."""
    if column.null_count == len(column):
        return True
    if not _is_text(column.type):
        kind = column.type
        return bool(pa.types.is_primitive(kind) or pa.types.is_decimal(kind))
    try:
        found = pc.any(pc.match_substring_regex(column.cast(pa.string()), WORTH_A_LOOK))
    except pa.ArrowInvalid:
        return False
    return not found.as_py()


def _chunks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    """Yield a bounded number of rows at once; those before a damage first, then its error."""
    ended = False
    while not ended:
        chunk: list[tuple[int, list[str]]] = []
        try:
            chunk.extend(islice(rows, BATCH_ROWS))
        except SourceRefusedError:
            yield chunk
            raise
        ended = not chunk
        if chunk:
            yield chunk


def _batch(
    numbers: Sequence[int], columns: Mapping[str, pa.Array], *, plain: bool
) -> pa.RecordBatch:
    arrays = {
        "line_number": pa.array(numbers, pa.int64()),
        "plain": pa.repeat(pa.scalar(plain), len(numbers)),
        **columns,
    }
    return pa.RecordBatch.from_pydict(arrays)
