"""Rows for the command line: names, order and text of every value, and the rolling row.

Goal: what is printed is exact, carries its units and its window, and never says a percent or a
float. Method: hand-filled rows read back as text.
"""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.metrics.marks import UnalignedInstantError
from pipelines.utilization import rows, windows_table
from pipelines.windows import parse_instant
from tests.metrics.conftest import Serving, window

HOUR = ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")


def test_a_row_begins_with_who_where_and_when(serving: Serving) -> None:
    row = serving.one(*HOUR, as_of="2026-06-10T10:45:00Z")

    assert list(row.items())[:8] == [
        ("partner_id", "acme"),
        ("environment", "production"),
        ("pool_id", "EUR-USDT"),
        ("currency", "EUR"),
        ("window", "1h"),
        ("window_start", "2026-06-10T10:00:00Z"),
        ("window_end", "2026-06-10T11:00:00Z"),
        ("as_of", "2026-06-10T10:45:00Z"),
    ]


def test_a_row_is_json_as_it_stands(serving: Serving) -> None:
    serving.quotes("2026-06-10T10:00:00Z", unavailable=2)
    serving.reason("2026-06-10T10:00:00Z", "pool_dry", 2)

    row = serving.one(*HOUR)

    assert json.loads(json.dumps(row)) == row
    assert row["unavailable_reasons"] == {"pool_dry": 2}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("4250", "4250.00"),
        ("4250.1", "4250.10"),
        ("4250.10000001", "4250.10000001"),
        ("0.00000001", "0.00000001"),
        ("-0.5", "-0.50"),
        ("0", "0.00"),
        ("1234567890123456789012345678.12345678", "1234567890123456789012345678.12345678"),
    ],
)
def test_money_keeps_every_digit_and_at_least_two_decimals(amount: str, text: str) -> None:
    table = pa.table({"a": pa.array([Decimal(amount)], pa.decimal128(38, 8))})

    (row,) = rows(table, partner_id="p", environment="e")

    assert row["a"] == text


@pytest.mark.parametrize("ratio", ["0.000000", "0.982000", "12.500000", "-0.000001"])
def test_a_ratio_keeps_its_six_decimals(ratio: str) -> None:
    table = pa.table({"a": pa.array([Decimal(ratio), None], pa.decimal128(38, 6))})

    found = [row["a"] for row in rows(table, partner_id="p", environment="e")]

    assert found == [ratio, None]


def test_the_basis_of_reserved_utilization_goes_with_the_table(serving: Serving) -> None:
    table = windows_table(
        serving.connection,
        [window(*HOUR)],
        as_of=parse_instant(HOUR[1]),
        basis="visible",
    )

    assert table.schema.metadata == {b"reserved_utilization_basis": b"visible"}


@pytest.mark.parametrize(
    ("start", "end", "as_of"),
    [
        ("2026-06-10T10:07:00Z", "2026-06-10T11:00:00Z", "2026-06-11T00:00:00Z"),
        ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00.000001Z", "2026-06-11T00:00:00Z"),
        ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z", "2026-06-10T10:07:00Z"),
    ],
)
def test_an_instant_inside_a_stored_bucket_is_refused_rather_than_answered_wrongly(
    serving: Serving, start: str, end: str, as_of: str
) -> None:
    serving.lane("EUR-USDT", "EUR")

    with pytest.raises(UnalignedInstantError, match="inside a stored 15-minute bucket"):
        serving.ask(window(start, end), as_of=as_of)


def test_the_rolling_row_names_the_window_of_every_flow() -> None:
    at = "2026-06-10T11:07:00Z"
    serving = Serving(at, "2026-06-10T10:07:00Z", "2026-06-09T11:07:00Z")
    serving.limit("daily_band", "1000")
    serving.limit("velocity_24h", "1000")
    serving.balance("2026-06-10T11:00:00Z", "500", reserved="100", available="400")
    serving.firm("2026-06-10T10:06:59Z", quotes=1)
    serving.firm("2026-06-10T10:07:00Z", accepted="2026-06-10T10:08:00Z", quotes=3)
    serving.quotes("2026-06-10T11:06:59Z", unavailable=1)
    serving.quotes("2026-06-10T11:07:00Z", unavailable=50)
    serving.trade("2026-06-09T11:06:59Z", "1", settled="2026-06-09T11:06:59Z")
    serving.trade("2026-06-09T11:07:00Z", "20", settled="2026-06-09T11:07:00Z")
    serving.trade("2026-06-10T11:06:00Z", "300", settled="2026-06-10T11:07:00Z")
    serving.availability("2026-06-10T11:00:00Z", up_s=420, reopened="2026-06-10T11:01:00Z")

    (row,) = serving.now(at)

    assert row["as_of"] == at
    assert row["quotes_1h"] == 4
    assert row["accepted_1h"] == 3
    assert row["quote_count_24h"] == 5
    assert (row["unavailable_rate"], row["unavailable_rate_window"]) == ("0.250000", "1h")
    assert row["volume_24h"] == row["settled_notional_24h"] == "20.00"
    assert row["reserved_notional"] == "300.00"
    assert row["oldest_reserved_age_s"] == 60
    assert row["balance_available"] == "400.00"
    assert row["daily_band_usage"] == "0.300000"
    assert row["velocity_24h_usage"] == "0.320000"
    assert row["availability_minutes_24h"] == "7.000000"
    assert row["reopened_at"] == "2026-06-10T11:01:00Z"


def test_there_is_one_rolling_row_for_each_pool_and_currency(serving: Serving) -> None:
    serving.lane("B", "EUR")
    serving.lane("A", "USD")
    serving.lane("A", "EUR")
    serving.lane("C", None)

    found = [(row["pool_id"], row["currency"]) for row in serving.now("2026-06-10T11:00:00Z")]

    assert found == [("A", "EUR"), ("A", "USD"), ("B", "EUR"), ("C", None)]
