"""Files people take away say what they hold: whose figures, of which window and moment, by which
definitions, how many rows, with a hash; and no cell of them runs as a formula."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.periods import choose_period
from reports.charts import requests
from reports.pictures import picture
from reports.takeaway import Origin, about, as_csv, as_parquet, as_xlsx

AS_OF = datetime(2026, 6, 30, 23, 49, 6, tzinfo=UTC)
ORIGIN = Origin(
    partner_id="acme",
    environment="production",
    page="Finance",
    period=choose_period("7d", AS_OF, "Asia/Kolkata"),
    pools=("EUR-USDT", "GBP-USDT"),
    compared=None,
    basis="available",
    build_id="0000000007-1",
    definitions="abc",
)
TABLE = pa.table(
    {
        "pool_id": ["=1+1", "GBP-USDT"],
        "quote_requests": pa.array([3, None], pa.int64()),
        "settled_volume": pa.array(
            [Decimal("-12.50000000"), Decimal("12345678901234567.12345678")], pa.decimal128(38, 8)
        ),
        "failure_utilization": pa.array([Decimal("0.333333"), None], pa.decimal128(38, 6)),
        "window_start": pa.array([AS_OF, None], pa.timestamp("us", tz="UTC")),
    }
)


def test_a_file_says_what_it_is_about() -> None:
    told = about(ORIGIN, "Balances", TABLE)
    assert (told["partner_id"], told["rows"], told["time_zone"]) == ("acme", 2, "Asia/Kolkata")
    assert told["period_start"] == "2026-06-23T18:30:00Z"
    assert told["as_of"] == "2026-06-30T23:49:06Z"
    assert set(told["columns"]) == {"quote_requests", "settled_volume", "failure_utilization"}
    assert len(told["sha256"]) == 64
    changed = TABLE.set_column(1, "quote_requests", pa.array([4, None], pa.int64()))
    assert about(ORIGIN, "Balances", changed)["sha256"] != told["sha256"]


def test_csv_has_its_head_then_every_row_and_no_formula() -> None:
    text = as_csv(ORIGIN, "Balances", TABLE).decode()
    lines = text.split("\r\n")
    head = [line for line in lines if line.startswith("#")]
    assert lines[: len(head)] == head
    assert all("," not in line for line in head), "each line of the head is one cell"
    rows = list(csv.DictReader(io.StringIO("\r\n".join(lines[len(head) :]))))
    assert [row["pool_id"] for row in rows] == ["'=1+1", "GBP-USDT"]
    assert [row["settled_volume"] for row in rows] == ["-12.50", "12345678901234567.12345678"]
    assert [row["quote_requests"] for row in rows] == ["3", ""]


def test_parquet_keeps_types_and_carries_what_it_is_about() -> None:
    found = pq.read_table(io.BytesIO(as_parquet(ORIGIN, "Balances", TABLE)))
    assert found.to_pylist() == TABLE.to_pylist()
    assert json.loads(found.schema.metadata[b"about"]) == about(ORIGIN, "Balances", TABLE)


def cells(book: bytes, sheet: int) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return parts.read(f"xl/worksheets/sheet{sheet}.xml").decode()


def test_a_workbook_has_typed_cells_exact_amounts_and_no_formula() -> None:
    book = as_xlsx(ORIGIN, {"Balances": TABLE, "Again": TABLE})
    about_sheet, first, second = (cells(book, number) for number in (1, 2, 3))
    assert first.replace("Again", "Balances") == second
    assert "<f>" not in about_sheet + first
    assert "<v>-12.5</v>" in first
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        strings = parts.read("xl/sharedStrings.xml").decode()
    assert "=1+1" in strings
    assert "12345678901234567.12345678" in strings, "too long for a number: it stays exact as text"
    assert as_xlsx(ORIGIN, {"Balances": TABLE, "Again": TABLE}) == book


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_picture_says_what_it_shows(form: str, begins: bytes) -> None:
    table = pa.table(
        {
            "at": pa.array([datetime(2026, 6, 1), datetime(2026, 6, 2)], pa.timestamp("ms")),  # noqa: DTZ001
            "until": pa.array([datetime(2026, 6, 2), datetime(2026, 6, 3)], pa.timestamp("ms")),  # noqa: DTZ001
            "outcome": ["Firm", "Unavailable"],
            "quotes": [5, 2],
            "window": ["1 Jun", "2 Jun"],
            "state": ["complete", "complete"],
        }
    )
    drawn = picture(requests(), table, "Requests over time", "acme", form)  # type: ignore[arg-type]
    assert drawn.startswith(begins)
    if form == "svg":
        assert b"Requests over time" in drawn
        assert b"acme" in drawn
