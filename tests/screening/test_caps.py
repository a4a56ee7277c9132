"""Every cap refuses clearly, and a damaged file gives what stands before the damage.

Goal: no file, however large, deep, packed or torn, takes memory without bound or loses good
records that stand before its fault, and each refusal says what to do. Method: lines past the cap,
nesting past 32, small bombs in gzip and Zstandard, files past the stored size, and gzip,
Zstandard, CSV and Parquet files cut short or with a bit turned over are screened; what was
accepted must be the undamaged beginning, and the one refusal must name the file and the remedy.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import zstandard

from pipelines.sources import cells
from tests.contracts.examples import valid
from tests.screening.ways import MAX_LINE_BYTES, screened

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def lines(count: int, kind: str = "availability") -> bytes:
    """Good records that do not pack well."""
    random = Random(3)
    records = (valid(kind, pool_id=f"{random.getrandbits(128):x}-{n}") for n in range(count))
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def rows(count: int) -> bytes:
    """The same as CSV."""
    random = Random(3)
    header = "partner_id,environment,pool_id,observed_at,available\n"
    body = (
        f"acme-pay,production,{random.getrandbits(128):x}-{n},2026-06-01T09:00:00Z,true\n"
        for n in range(count)
    )
    return (header + "".join(body)).encode()


def test_a_line_past_the_cap_is_refused_and_its_neighbours_are_taken(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    good = lines(2).splitlines(keepends=True)
    path = tmp_path / "availability.jsonl"
    path.write_bytes(good[0] + b'{"x":"' + b"y" * MAX_LINE_BYTES + b'"}\n' + good[1])
    outcome, (aside,) = screened(engine, path)
    assert list(outcome.accepted) == [1, 3]
    assert (aside.line_number, aside.rule) == (2, "too_long")
    assert "raise max_line_bytes" in aside.reason


@pytest.mark.parametrize("opening", ['"', ""], ids=["an unclosed quote", "one long line"])
def test_a_csv_record_past_the_cap_is_refused_and_what_follows_is_taken(
    opening: str, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    first, second, third = rows(2).splitlines(keepends=True)
    filling = b"y" * 100 + (b"\n" if opening else b"")
    path = tmp_path / "availability.csv"
    path.write_bytes(first + second + opening.encode() + filling * 400 + b"\n" + third)
    outcome, aside = screened(engine, path)
    assert 2 in outcome.accepted
    assert len(outcome.accepted) == 2
    assert (aside[0].line_number, aside[0].rule) == (3, "too_long")
    assert "raise max_line_bytes" in aside[0].reason


def test_a_record_nested_too_deeply_is_refused(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    depths = (31, 32, 5_000)
    texts = ["[" * depth + "]" * depth for depth in depths]
    records = [json.dumps(valid("availability"))[:-1] + f',"x":{text}}}' for text in texts]
    path = tmp_path / "availability.jsonl"
    path.write_text("\n".join(records))
    outcome, aside = screened(engine, path)
    assert list(outcome.accepted) == [1]
    assert [each.line_number for each in aside] == [2, 3]
    assert all("nested deeper than 32" in each.reason for each in aside)


@pytest.mark.parametrize("packing", PACKERS)
def test_a_bomb_is_refused_after_what_the_cap_lets_out(
    packing: str, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / f"availability.jsonl.{packing}"
    path.write_bytes(PACKERS[packing](lines(3) + b" " * 50_000_000))
    assert path.stat().st_size < 100_000
    outcome, (aside,) = screened(engine, path, max_unpacked_bytes=1_000_000)
    assert list(outcome.accepted) == [1, 2, 3]
    assert aside.rule == "file"
    assert "1000000 bytes when unpacked" in aside.reason
    assert "max_unpacked_bytes" in aside.reason


@pytest.mark.parametrize("name", ["availability.jsonl", "availability.csv", "availability.parquet"])
def test_a_file_past_the_stored_size_is_refused_unread(
    name: str, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(lines(10))
    outcome, (aside,) = screened(engine, path, max_file_bytes=100)
    assert not outcome.accepted
    assert (aside.rule, aside.line_number) == ("file", 0)
    assert "split it, or raise max_file_bytes" in aside.reason


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_packed_file_cut_short_gives_what_came_before(
    form: str, packing: str, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    whole = lines(20_000) if form == "jsonl" else rows(20_000)
    packed = PACKERS[packing](whole)
    path = tmp_path / f"availability.{form}.{packing}"
    found = []
    for share in (0.0, 0.001, 0.5, 0.9, 1.0):
        path.write_bytes(packed[: int(len(packed) * share) - (share == 1.0)])
        outcome, (aside,) = screened(engine, path, max_line_bytes=MAX_LINE_BYTES)
        assert (aside.rule, aside.disposition) == ("file", "refused")
        assert "send it again" in aside.reason
        numbers = sorted(outcome.accepted)
        start = 1 if form == "jsonl" else 2
        assert numbers == list(range(start, start + len(numbers)))
        found.append(len(numbers))
    assert found[:2] == [0, 0]
    assert 5_000 < found[2] < found[3] < found[4] < 20_001
    assert found[4] > 18_000


def test_a_turned_bit_in_a_packed_file_is_never_taken_for_the_end(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    random = Random(5)
    packed = gzip.compress(lines(500))
    path = tmp_path / "availability.jsonl.gz"
    for _ in range(40):
        damaged = bytearray(packed)
        damaged[random.randrange(10, len(packed))] ^= 1 << random.randrange(8)
        path.write_bytes(damaged)
        outcome, aside = screened(engine, path)
        assert [each.rule for each in aside].count("file") == 1
        assert len(outcome.accepted) <= 500


def table_of(count: int) -> pa.Table:
    text = io.BytesIO(rows(count))
    table = pa_csv.read_csv(text)
    return table.set_column(
        3, "observed_at", table.column("observed_at").cast(pa.timestamp("us", "UTC"))
    )


def test_a_damaged_parquet_file_gives_what_came_before(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "BATCH_ROWS", 500)
    path = tmp_path / "availability.parquet"
    pq.write_table(table_of(5_000), path, row_group_size=500, use_dictionary=False)
    meta = pq.ParquetFile(path).metadata.row_group(6).column(2)
    data = bytearray(path.read_bytes())
    at = meta.data_page_offset
    data[at : at + 200] = bytes(200)
    path.write_bytes(data)
    outcome, (aside,) = screened(engine, path)
    assert sorted(outcome.accepted) == list(range(1, len(outcome.accepted) + 1))
    assert 2_500 <= len(outcome.accepted) <= 3_000
    assert "damaged from row" in aside.reason


def test_a_parquet_file_cut_short_is_refused_whole(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "availability.parquet"
    pq.write_table(table_of(100), path)
    whole = path.read_bytes()
    for size in (0, 4, 100, len(whole) - 1):
        path.write_bytes(whole[:size])
        outcome, (aside,) = screened(engine, path)
        assert not outcome.accepted
        assert aside.rule == "file"
        assert "not a readable Parquet file; send it again" in aside.reason


def test_turned_bits_in_a_parquet_file_raise_nothing_unforeseen(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    random = Random(7)
    path = tmp_path / "availability.parquet"
    pq.write_table(table_of(50), path)
    whole = path.read_bytes()
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(random.choice([1, 1, 8])):
            damaged[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        path.write_bytes(damaged)
        outcome, aside = screened(engine, path)
        assert len(outcome.accepted) + len(aside) >= 1


def test_one_bad_row_in_a_damaged_file_is_set_aside_on_its_own(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    whole = rows(20_000).replace(b"\nacme-pay", b"\nAcme Pay", 1) + b"x"
    path = tmp_path / "availability.csv.gz"
    path.write_bytes(gzip.compress(whole)[:-9])
    outcome, aside = screened(engine, path)
    assert [(each.line_number, each.rule) for each in aside] == [(2, "partner_id"), (0, "file")]
    assert len(outcome.accepted) > 18_000
