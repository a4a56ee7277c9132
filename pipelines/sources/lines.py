"""Lines of JSON as Arrow batches: split by column, not by a Python loop over rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.sources.refusals import Refusal
from pipelines.sources.streams import CappedReader

BLOCK_BYTES = 4 * 1024**2
NEWLINE = 10
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SCHEMA = pa.schema([("line_number", pa.int64()), ("line", pa.string()), ("plain", pa.bool_())])


def line_batches(
    reader: CappedReader, *, max_line_bytes: int, refusals: list[Refusal]
) -> Iterator[pa.RecordBatch]:
    """Yield (line_number, line with its line end, plain) in order, blocks of about 4 MiB.

    `plain` says that every line of the block is ASCII without a backslash or a delete character, so
    that the screen need not look again. A line that is too long or not UTF-8 goes to `refusals`.
    """
    first_line = 1
    carry = reader.read(len(BYTE_ORDER_MARK)).removeprefix(BYTE_ORDER_MARK)
    mask: npt.NDArray[np.bool_] = np.empty(BLOCK_BYTES * 2, dtype=np.bool_)
    ended = False
    while not ended:
        block = reader.read(BLOCK_BYTES)
        ended = not block
        data = carry + block
        if ended and data and not data.endswith(b"\n"):
            data += b"\n"
        if len(data) > len(mask):
            mask = np.empty(len(data) * 2, dtype=np.bool_)
        ends = _line_ends(data, mask)
        if len(ends) == 0:
            carry, skipped = _shorten(reader, data, max_line_bytes)
            if skipped:
                refusals.append(_too_long(first_line, max_line_bytes))
                first_line += 1
            continue
        carry = data[ends[-1] :]
        yield from _batches(data, ends, first_line, max_line_bytes, refusals)
        first_line += len(ends)


def _line_ends(data: bytes, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Return the position after each line end. The mask is reused: fresh pages cost more."""
    codes = np.frombuffer(data, dtype=np.uint8)
    found = np.flatnonzero(np.equal(codes, NEWLINE, out=mask[: len(data)]))
    return (found + 1).astype(np.int32)


def _shorten(reader: CappedReader, data: bytes, max_line_bytes: int) -> tuple[bytes, bool]:
    """Return what to carry on with: the start of a line, or what follows one past the cap."""
    if len(data) <= max_line_bytes:
        return data, False
    while True:
        block = reader.read(BLOCK_BYTES)
        if not block:
            return b"", True
        _, line_end, rest = block.partition(b"\n")
        if line_end:
            return rest, True


def _batches(
    data: bytes,
    ends: npt.NDArray[np.int32],
    first_line: int,
    max_line_bytes: int,
    refusals: list[Refusal],
) -> Iterator[pa.RecordBatch]:
    offsets = np.concatenate([np.zeros(1, dtype=np.int32), ends])
    ascii_only = data.isascii()
    if int(np.diff(offsets).max()) > max_line_bytes or not (ascii_only or _is_utf8(data)):
        yield from _picked(data, offsets, first_line, max_line_bytes, refusals)
        return
    lines = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data))
    plain = ascii_only and b"\\" not in data and b"\x7f" not in data
    # Through its buffer: the ordinary way from numpy to Arrow would import pandas.
    numbers = np.arange(first_line, first_line + len(ends), dtype=np.int64)
    line_numbers = pa.Array.from_buffers(pa.int64(), len(ends), [None, pa.py_buffer(numbers)])
    yield _batch(line_numbers, lines, plain=plain)


def _picked(
    data: bytes,
    offsets: npt.NDArray[np.int32],
    first_line: int,
    max_line_bytes: int,
    refusals: list[Refusal],
) -> Iterator[pa.RecordBatch]:
    """The rare block with a line that cannot be taken: line by line, leaving that one out."""
    numbers: list[int] = []
    lines: list[bytes] = []
    for index in range(len(offsets) - 1):
        line = data[offsets[index] : offsets[index + 1]]
        number = first_line + index
        if len(line) > max_line_bytes:
            refusals.append(_too_long(number, max_line_bytes))
        elif not _is_utf8(line):
            refusals.append(Refusal(number, "unreadable", "the line is not UTF-8; send UTF-8"))
        else:
            numbers.append(number)
            lines.append(line)
    if lines:
        texts = pa.array(lines, pa.binary()).cast(pa.string())
        yield _batch(pa.array(numbers, pa.int64()), texts, plain=False)


def _batch(numbers: pa.Array, lines: pa.StringArray, *, plain: bool) -> pa.RecordBatch:
    flags = pa.repeat(pa.scalar(plain), len(lines))
    return pa.record_batch([numbers, lines, flags], schema=SCHEMA)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _too_long(number: int, max_line_bytes: int) -> Refusal:
    return Refusal(
        number,
        "too_long",
        f"the line is longer than {max_line_bytes} bytes; shorten it, or raise max_line_bytes",
    )
