"""Lines come out whole, in order, with their numbers, wherever the blocks they are read in end.

Goal: splitting by column gives what a plain loop over bytes gives: each line with its line end and
its number, lines that are too long or not UTF-8 refused at their own number, the mark at the
beginning gone, and `plain` said only of ASCII without a backslash. Method: random bytes full of
line ends, marks, broken UTF-8 and lines past the cap are read with blocks of a few bytes, so that
every cut falls somewhere, and compared with a splitter of four lines; and once with blocks of the
real size.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import SourceRefusedError
from pipelines.sources import lines
from pipelines.sources.refusals import Refusal
from pipelines.sources.streams import CappedReader

PIECES = [
    b"\n", b"\r\n", b"\n\n", b"a", b'{"a":1}', b"\\", b"\x7f", b"\0", b"\xc3\xa9", b"\xc3", b"\xff",
    b"\xef\xbb\xbf", b"\xef\xbb", b"\xf0\x9f\x92\xb8", b"\xed\xa0\x80", b" ", b"long" * 4,
    b"x" * 40,
]  # fmt: skip
Lines = list[tuple[int, bytes]]


def reader_of(data: bytes, cap: int = 1 << 40) -> CappedReader:
    return CappedReader(pa.PythonFile(io.BytesIO(data), mode="r"), cap=cap, name="quotes.jsonl")


def split(data: bytes, cap: int) -> tuple[Lines, list[tuple[int, str]]]:
    taken, refused = [], []
    for number, line in enumerate(naive_lines(data.removeprefix(b"\xef\xbb\xbf")), start=1):
        if len(line) > cap:
            refused.append((number, "too_long"))
        elif not is_utf8(line):
            refused.append((number, "unreadable"))
        else:
            taken.append((number, line))
    return taken, refused


def naive_lines(data: bytes) -> Iterator[bytes]:
    parts = data.split(b"\n")
    yield from (part + b"\n" for part in parts[:-1])
    if parts[-1]:
        yield parts[-1] + b"\n"


def is_utf8(line: bytes) -> bool:
    return line.decode("utf-8", "replace").encode() == line


def read(data: bytes, cap: int) -> tuple[Lines, list[tuple[int, str]], list[tuple[bytes, bool]]]:
    refusals: list[Refusal] = []
    taken: Lines = []
    plain: list[tuple[bytes, bool]] = []
    for batch in lines.line_batches(reader_of(data), max_line_bytes=cap, refusals=refusals):
        numbers, texts, flags = (column.to_pylist() for column in batch.columns)
        found = [text.encode() for text in texts]
        taken += zip(numbers, found, strict=True)
        plain += zip(found, flags, strict=True)
    return taken, [(each.line_number, each.rule) for each in refusals], plain


@settings(max_examples=400)
@given(
    data=st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join),
    block=st.integers(1, 70),
    cap=st.integers(1, 40),
)
def test_lines_are_those_of_a_plain_loop_whatever_the_blocks(
    data: bytes, block: int, cap: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK_BYTES", block)
        taken, refused, plain = read(data, cap)
    assert (taken, refused) == split(data, cap)
    for line, is_plain in plain:
        assert not is_plain or (line.isascii() and b"\\" not in line and b"\x7f" not in line)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_blocks_of_the_real_size_are_put_together(end: bytes) -> None:
    body = [b'{"n":%d,"t":"%s"}' % (n, b"x" * (n % 97)) for n in range(120_000)]
    body[7] = b"y" * 9_000_000
    body[60_000] = b'"\xff"'
    data = end.join(body)
    assert len(data) > 3 * lines.BLOCK_BYTES
    taken, refused, plain = read(data, 1 << 20)
    assert refused == [(8, "too_long"), (60_001, "unreadable")]
    assert (taken, refused) == split(data, 1 << 20)
    assert sum(is_plain for _, is_plain in plain) > 3_000


def test_a_line_of_ascii_is_plain_and_an_escaped_one_is_not() -> None:
    assert read(b'{"a":1}\n', 100)[2] == [(b'{"a":1}\n', True)]
    for data in (b'{"a":"\\u0041"}\n', b'{"a":"\x7f"}\n', "é\n".encode()):
        assert read(data, 100)[2] == [(data, False)]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_lines(data: bytes) -> None:
    assert read(data, 100) == ([], [], [])


def test_lines_before_the_cap_of_a_reader_come_first() -> None:
    data = b"0123456\n" * 10
    batches = lines.line_batches(reader_of(data, 50), max_line_bytes=99, refusals=[])
    assert next(batches).column("line_number").to_pylist() == [1, 2, 3, 4, 5, 6]
    with pytest.raises(SourceRefusedError, match="holds more than 50 bytes"):
        next(batches)
