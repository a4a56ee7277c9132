"""Rows of CSV and Parquet: as Arrow batches of known columns, or one by one as raw records."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import SourceRefusedError
from pipelines.settings import Settings
from pipelines.sources.discovery import SourceFile
from pipelines.sources.refusals import Refusal
from pipelines.sources.streams import CappedReader, open_bytes, open_stored

BATCH_ROWS = 16_384
BUFFER_BYTES = 256 * 1024
NO_PYTHON_VALUE = (ValueError, OverflowError, NotImplementedError, pa.ArrowException)


class CsvRows:
    """The records of a CSV file: header row, comma, UTF-8, RFC 4180 quoting, nothing sniffed."""

    def __init__(self, reader: CappedReader, *, max_line_bytes: int, name: str) -> None:
        csv.field_size_limit(max_line_bytes)
        self._lines = _Lines(reader, max_line_bytes)
        self._rows = csv.reader(self._lines, strict=True)
        try:
            self.header: Sequence[str] = next(self._rows, [])
        except (csv.Error, _TooLongError) as error:
            raise SourceRefusedError(f"{name}: the header row is not CSV; correct it") from error
        if not self.header:
            raise SourceRefusedError(f"{name}: there is no header row; begin with one")
        if not all(_is_utf8(column) for column in self.header):
            raise SourceRefusedError(f"{name}: the header row is not UTF-8; send UTF-8")
        if len(set(self.header)) < len(self.header):
            raise SourceRefusedError(f"{name}: a header name stands there twice; keep one")

    def rows(self, refusals: list[Refusal]) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, cells) of each row; a row that cannot be read goes to `refusals`."""
        while True:
            line = self._lines.begin_record()
            try:
                cells = next(self._rows)
            except StopIteration:
                return
            except _TooLongError as error:
                refusals.append(Refusal(line, "too_long", str(error)))
                continue
            except csv.Error:
                refusals.append(Refusal(line, "unreadable", "not CSV as RFC 4180; quote it right"))
                continue
            if not cells:
                continue
            if len(cells) != len(self.header):
                refusals.append(Refusal(line, "unreadable", self._miscounted(cells)))
            elif any(not _is_utf8(cell) for cell in cells):
                refusals.append(Refusal(line, "unreadable", "the row is not UTF-8; send UTF-8"))
            else:
                yield line, cells

    def _miscounted(self, cells: Sequence[str]) -> str:
        return (
            f"the row has {len(cells)} cells and the header {len(self.header)}; make them as many"
        )


def _is_utf8(cell: str) -> bool:
    return cell.isascii() or not any("\udc80" <= char <= "\udcff" for char in cell)


class _TooLongError(Exception):
    """A record went on past the cap; what follows its last line is read as before."""


class _Lines:
    """Lines of text for Python's CSV reader, at most `cap` bytes in one record."""

    def __init__(self, reader: CappedReader, cap: int) -> None:
        self._bytes = io.BufferedReader(_Raw(reader), BUFFER_BYTES)
        self._cap = cap
        self._number = 0
        self._taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def begin_record(self) -> int:
        """Count bytes afresh; return the number of the line that comes next."""
        self._taken = 0
        return self._number + 1

    def __next__(self) -> str:
        line = self._bytes.readline(self._cap + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self._taken += len(line)
        if self._taken > self._cap:
            while line and not line.endswith(b"\n"):
                line = self._bytes.readline(BUFFER_BYTES)
            raise _TooLongError(
                f"the record is longer than {self._cap} bytes; close its quotes, shorten it, or"
                " raise max_line_bytes"
            )
        if self._number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        return line.decode("utf-8", "surrogateescape")


class _Raw(io.RawIOBase):
    """A capped reader as the raw stream that Python's buffered reader wants."""

    def __init__(self, reader: CappedReader) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._reader.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def open_parquet(file: SourceFile, settings: Settings) -> pq.ParquetFile:
    """Open a Parquet file; SourceRefusedError when it is none or is larger than allowed."""
    open_stored(file, settings).close()
    name = file.source
    try:
        opened = pq.ParquetFile(file.path)
        columns = opened.schema_arrow.names
    except (OSError, UnicodeError, pa.ArrowException) as error:
        raise SourceRefusedError(f"{name}: not a readable Parquet file; send it again") from error
    groups = range(opened.metadata.num_row_groups)
    unpacked = sum(opened.metadata.row_group(index).total_byte_size for index in groups)
    refusal = None
    if unpacked > settings.max_unpacked_bytes:
        refusal = "larger than max_unpacked_bytes; split it"
    elif not columns:
        refusal = "has no columns; send a column for each field"
    elif len(set(columns)) < len(columns):
        refusal = "a column name stands there twice; keep one"
    if refusal is not None:
        opened.close()
        raise SourceRefusedError(f"{name}: {refusal}")
    return opened


def parquet_batches(
    opened: pq.ParquetFile, name: str, progress: Callable[[int], None]
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield (number of the first row, batch); SourceRefusedError where the file is damaged."""
    first = 1
    try:
        for batch in opened.iter_batches(batch_size=BATCH_ROWS):
            yield first, batch
            progress(batch.nbytes)
            first += batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise SourceRefusedError(f"{name}: damaged from row {first} on; send it again") from error


def raw_rows(
    file: SourceFile, settings: Settings, refusals: list[Refusal], progress: Callable[[int], None]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line or row number, raw record) of a CSV or Parquet file, one by one."""
    if file.format == "csv":
        with open_bytes(file, settings, progress) as reader:
            table = CsvRows(reader, max_line_bytes=settings.max_line_bytes, name=file.source)
            for line, cells in table.rows(refusals):
                yield line, dict(zip(table.header, cells, strict=True))
        return
    with open_parquet(file, settings) as opened:
        for first, batch in parquet_batches(opened, file.source, progress):
            columns = [_values(column) for column in batch.columns]
            names = batch.schema.names
            for number, values in enumerate(zip(*columns, strict=True), start=first):
                yield number, dict(zip(names, values, strict=True))


class Unreadable:
    """Stands for a cell that Python has no value for: a time past year 9999, text not UTF-8."""


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        # The instant is the same in any zone, also in one this machine does not know.
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))
    try:
        return cast("list[Any]", column.to_pylist())
    except NO_PYTHON_VALUE:
        return [_value(cell) for cell in column]


def _value(cell: pa.Scalar) -> Any:
    try:
        return cell.as_py()
    except NO_PYTHON_VALUE:
        return Unreadable()
