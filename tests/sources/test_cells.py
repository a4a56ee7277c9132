"""CSV is read as RFC 4180 has it, Parquet as it is typed, and each row knows where it stood.

Goal: quoting, line ends inside cells, blank lines and marks are read as the standard says, with
the line on which each row begins; what is not that standard is refused at its line and nothing
after it is lost. Parquet cells that no Python value can hold do not stop a file. Method: small
texts with their expected rows and refusals, a property against Python's own reader, and Parquet
files with extreme cells.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contracts import MODELS
from pipelines.errors import SourceRefusedError
from pipelines.settings import Settings
from pipelines.sources.cells import CsvRows, Unreadable, open_parquet, raw_rows
from pipelines.sources.discovery import discover
from pipelines.sources.refusals import Refusal
from pipelines.sources.streams import CappedReader

Rows = list[tuple[int, list[str]]]


def read(data: bytes, cap: int = 1 << 20) -> tuple[list[str], Rows, list[tuple[int, str]]]:
    stream = pa.PythonFile(io.BytesIO(data), mode="r")
    table = CsvRows(
        CappedReader(stream, cap=1 << 40, name="x.csv"), max_line_bytes=cap, name="x.csv"
    )
    refusals: list[Refusal] = []
    rows = list(table.rows(refusals))
    return list(table.header), rows, [(each.line_number, each.rule) for each in refusals]


CASES: dict[str, tuple[bytes, Rows]] = {
    "plain": (b"a,b\n1,2\n3,4\n", [(2, ["1", "2"]), (3, ["3", "4"])]),
    "line ends of two characters": (b"a,b\r\n1,2\r\n3,4\r\n", [(2, ["1", "2"]), (3, ["3", "4"])]),
    "no last line end": (b"a,b\n1,2", [(2, ["1", "2"])]),
    "a mark at the beginning": (b"\xef\xbb\xbfa,b\n1,2\n", [(2, ["1", "2"])]),
    "quotes around": (b'a,b\n"1","2"\n', [(2, ["1", "2"])]),
    "a comma inside": (b'a,b\n"1,5",2\n', [(2, ["1,5", "2"])]),
    "a quote inside": (b'a,b\n"say ""hi""",2\n', [(2, ['say "hi"', "2"])]),
    "a line end inside": (b'a,b\n"1\n2\r\n3",4\n5,6\n', [(2, ["1\n2\r\n3", "4"]), (5, ["5", "6"])]),
    "empty cells": (b'a,b\n,\n"",x\n', [(2, ["", ""]), (3, ["", "x"])]),
    "spaces are part of a cell": (b"a,b\n 1 , 2\n", [(2, [" 1 ", " 2"])]),
    "blank lines are no rows": (b"a,b\n\n1,2\n\r\n\n3,4\n", [(3, ["1", "2"]), (6, ["3", "4"])]),
    "not only ASCII": ("a,b\né,\U0001f4b8\n".encode(), [(2, ["é", "\U0001f4b8"])]),
    "a header and nothing else": (b"a,b\n", []),
    "a semicolon is no comma": (b"a;b\n1;2\n", [(2, ["1;2"])]),
    "a tab is no comma": (b"a\tb\n1\t2\n", [(2, ["1\t2"])]),
    "an apostrophe is no quote": (b"a,b\n'1,2\n", [(2, ["'1", "2"])]),
    "a backslash escapes nothing": (b'a,b\n"1\\",2\n', [(2, ["1\\", "2"])]),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_are_read_as_the_standard_says(case: str) -> None:
    data, expected = CASES[case]
    _, rows, refused = read(data)
    assert rows == expected
    assert not refused


REFUSED: dict[str, tuple[bytes, Rows, list[tuple[int, str]]]] = {
    "too few cells": (b"a,b\n1\n3,4\n", [(3, ["3", "4"])], [(2, "unreadable")]),
    "too many cells": (b"a,b\n1,2,3\n3,4\n", [(3, ["3", "4"])], [(2, "unreadable")]),
    "text after a quote": (b'a,b\n"1"x,2\n3,4\n', [(3, ["3", "4"])], [(2, "unreadable")]),
    "not UTF-8": (b"a,b\n1,\xff\n3,4\n", [(3, ["3", "4"])], [(2, "unreadable")]),
    "half a surrogate pair": (b"a,b\n1,\xed\xa0\x80\n3,4\n", [(3, ["3", "4"])], [(2,
    "unreadable")]),
    "a quote never closed": (b'a,b\n1,2\n"3,4\n5,6\n', [(2, ["1", "2"])], [(3, "unreadable")]),
    "a bare carriage return": (b"a,b\n1,2\r3,4\n5,6\n", [(3, ["5", "6"])], [(2, "unreadable")]),
    "after a cell of three lines": (
        b'a,b\n"1\n\n",2\nx\n3,4\n', [(2, ["1\n\n", "2"]), (6, ["3", "4"])], [(5, "unreadable")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_the_standard_is_refused_at_its_line(case: str) -> None:
    data, expected, refused = REFUSED[case]
    _, rows, found = read(data)
    assert rows == expected
    assert found == refused


def test_a_record_past_the_cap_is_refused_and_the_next_one_read() -> None:
    long_line = b"1," + b"x" * 100
    long_record = b'"' + b"y\n" * 60 + b'",2'
    data = b"\n".join([b"a,b", b"1,2", long_line, b"3,4", long_record, b"5,6", b""])
    _, rows, refused = read(data, cap=99)
    assert refused[:2] == [(3, "too_long"), (5, "too_long")]
    assert rows[:2] == [(2, ["1", "2"]), (4, ["3", "4"])]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no header row"),
        (b"\xef\xbb\xbf", "no header row"),
        (b"\na,b\n", "no header row"),
        (b"a,b,a\n", "stands there twice"),
        (b"a,\xff\n", "not UTF-8"),
        (b'a,"b\n', "not CSV"),
        (b'"a"x,b\n', "not CSV"),
        (b"x" * 2_000, "not CSV"),
    ],
)
def test_a_header_that_cannot_be_read_refuses_the_file(data: bytes, reason: str) -> None:
    with pytest.raises(SourceRefusedError, match=reason):
        read(data, cap=1_000)


cell = st.text(st.sampled_from('ab," \r\né'), max_size=6)


@settings(max_examples=200)
@given(rows=st.lists(st.lists(cell, min_size=3, max_size=3), max_size=12), crlf=st.booleans())
def test_what_a_standard_writer_wrote_is_read_back(rows: list[list[str]], crlf: bool) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n" if crlf else "\n", quoting=csv.QUOTE_ALL)
    lines = 1
    expected = []
    writer.writerow(["a", "b", "c"])
    for row in rows:
        expected.append((lines + 1, row))
        writer.writerow(row)
        lines = text.getvalue().count("\n")
    header, found, refused = read(text.getvalue().encode())
    assert header == ["a", "b", "c"]
    assert found == expected
    assert not refused


def parquet_rows(folder: Path, **columns: pa.Array) -> list[dict[str, Any]]:
    path = folder / "quotes.parquet"
    pq.write_table(pa.table(columns), path)
    (file,), _ = discover([path], MODELS)
    found = list(raw_rows(file, Settings(home=folder), [], lambda _: None))
    assert [number for number, _ in found] == list(range(1, len(found) + 1))
    return [row for _, row in found]


def test_a_cell_that_python_has_no_value_for_stands_alone(tmp_path: Path) -> None:
    far = pa.array([0, 2**62], pa.timestamp("us", "UTC"))
    text = pa.Array.from_buffers(
        pa.string(),
        2,
        [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0"), pa.py_buffer(b"x\xff\xfe")],
    )
    rows = parquet_rows(tmp_path, far=far, text=text)
    assert rows[0] == {"far": datetime(1970, 1, 1, tzinfo=UTC), "text": "x"}
    assert isinstance(rows[1]["far"], Unreadable)
    assert isinstance(rows[1]["text"], Unreadable)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "+05:30", "Mars/Phobos"])
def test_an_instant_is_the_same_in_any_zone(zone: str, tmp_path: Path) -> None:
    rows = parquet_rows(tmp_path, at=pa.array([1_780_306_200_000_000], pa.timestamp("us", zone)))
    assert rows == [{"at": datetime(2026, 6, 1, 9, 30, tzinfo=UTC)}]


def test_a_parquet_file_with_a_column_twice_or_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "quotes.parquet"
    numbers = pa.array([1])
    for table, reason in (
        (pa.Table.from_arrays([numbers, numbers], names=["a", "a"]), "stands there twice"),
        (pa.table({"a": numbers}).select([]), "no columns"),
    ):
        pq.write_table(table, path)
        (file,), _ = discover([path], MODELS)
        with pytest.raises(SourceRefusedError, match=reason):
            open_parquet(file, Settings(home=tmp_path))


def test_a_parquet_file_that_unpacks_past_the_cap_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "quotes.parquet"
    pq.write_table(pa.table({"a": pa.repeat(pa.scalar("x" * 100), 200_000)}), path,
                   use_dictionary=False, compression="zstd")  # fmt: skip
    assert path.stat().st_size < 100_000
    (file,), _ = discover([path], MODELS)
    with pytest.raises(SourceRefusedError, match="max_unpacked_bytes"):
        open_parquet(file, Settings(home=tmp_path, max_unpacked_bytes=1_000_000))
