"""The one division: exact, rounded half to even, and null rather than infinite.

Goal: a ratio is the decimal quotient of its two figures for any amounts the product can hold, and a
union of windows has the ratio of the sums, never the mean of the ratios. Method: Python's Decimal
beside the macro on random numbers, ties above all; random activity split over windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.metrics.catalog import load_query
from tests.metrics.conftest import Serving, window

HOUR = ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")
LARGEST = 10**30  # 1e22 in units of 0.00000001
UNITS = st.integers(-LARGEST, LARGEST) | st.integers(-(10**12), 10**12)
TIES = st.tuples(st.integers(-(10**12), 10**12), st.integers(1, 10**9), st.integers(-1, 1)).map(
    lambda drawn: ((2 * drawn[0] + 1) * drawn[1] + drawn[2], drawn[1] * 2_000_000)
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute(load_query("macros").sql)
        yield opened


def divided(
    connection: duckdb.DuckDBPyConnection, pairs: list[tuple[int, int]]
) -> list[Decimal | None]:
    """The macro's ratios of pairs in units of 0.00000001."""
    kind = pa.decimal128(38, 8)
    with localcontext(prec=60):
        columns = [
            pa.array([Decimal(pair[side]).scaleb(-8) for pair in pairs], kind) for side in (0, 1)
        ]
    cursor = connection
    cursor.register("pairs", pa.table(columns, names=["top", "bottom"]))
    answer = cursor.sql("select ratio(top, bottom) as quotient from pairs").to_arrow_table()
    assert answer.schema.field("quotient").type == pa.decimal128(38, 6)
    found: list[Decimal | None] = answer.column("quotient").to_pylist()
    return found


def expected(top: int, bottom: int) -> Decimal | None:
    if bottom == 0:
        return None
    with localcontext(prec=100):
        exact = Fraction(top * 10**6, bottom)
        return Decimal(round(exact)).scaleb(-6)


@given(pairs=st.lists(st.tuples(UNITS, UNITS) | TIES, min_size=1, max_size=200))
@settings(max_examples=60)
def test_a_ratio_is_the_exact_quotient_rounded_half_to_even(
    connection: duckdb.DuckDBPyConnection, pairs: list[tuple[int, int]]
) -> None:
    assert divided(connection, pairs) == [expected(*pair) for pair in pairs]


def test_the_expected_values_agree_with_decimals_own_rounding() -> None:
    with localcontext(prec=60, rounding=ROUND_HALF_EVEN):
        assert expected(1, 2_000_000) == Decimal("0.000000")
        assert expected(3, 2_000_000) == Decimal("0.000002")
        assert expected(2, 3) == (Decimal(2) / 3).quantize(Decimal("0.000001"))


@pytest.mark.parametrize(
    ("top", "bottom", "quotient"),
    [
        (1, 2_000_000, "0.000000"),
        (3, 2_000_000, "0.000002"),
        (-3, 2_000_000, "-0.000002"),
        (5, 2_000_000, "0.000002"),
        (LARGEST, 1, "1" + "0" * 30 + ".000000"),
        (1, LARGEST, "0.000000"),
        (LARGEST, LARGEST, "1.000000"),
        (LARGEST - 1, -LARGEST, "-1.000000"),
        (0, 7, "0.000000"),
    ],
)
def test_ratios_worked_by_hand(
    connection: duckdb.DuckDBPyConnection, top: int, bottom: int, quotient: str
) -> None:
    assert divided(connection, [(top, bottom)]) == [Decimal(quotient)]


def test_a_ratio_of_nothing_or_over_nothing_is_null(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    answer = connection.sql(
        "select ratio(1, 0), ratio(0, 0), ratio(null, 1), ratio(1, null), ratio(0, 1)"
    )
    assert answer.fetchall() == [(None, None, None, None, Decimal("0.000000"))]


def test_each_ratio_is_that_of_its_own_two_figures(serving: Serving) -> None:
    serving.firm("2026-06-10T10:00:00Z", accepted="2026-06-10T10:01:00Z", quotes=7)
    serving.firm("2026-06-10T10:00:00Z", expires="2026-06-10T10:01:00Z", quotes=3)
    serving.firm("2026-06-10T10:00:00Z", rejected="2026-06-10T10:01:00Z", quotes=1)
    serving.firm("2026-06-10T10:00:00Z", quotes=5)
    serving.quotes("2026-06-10T10:00:00Z", indicative=11, unavailable=3, errored=2)
    for _ in range(3):
        serving.trade("2026-06-10T10:00:00Z", "1", settled="2026-06-10T10:30:00Z")
    serving.trade("2026-06-10T10:00:00Z", "1", failed="2026-06-10T10:30:00Z")
    serving.trade("2026-06-10T10:00:00Z", "1", released="2026-06-10T10:30:00Z")
    serving.trade("2026-06-10T10:00:00Z", "1")
    serving.errors("2026-06-10T10:00:00Z", conflict=2)

    row = serving.one(*HOUR)

    assert row["failure_utilization"] == "0.156250"  # 5 of 32
    assert row["quote_success_rate"] == "0.843750"
    assert row["unavailable_rate"] == "0.093750"  # 3 of 32
    assert row["accepted_quote_rate"] == "0.437500"  # 7 of 16
    assert row["quote_conversion_rate"] == "0.218750"  # 7 of 32
    assert row["expiry_rate"] == "0.272727"  # 3 of 11
    assert row["conflict_rate"] == "0.250000"  # 2 of 8
    assert row["settle_rate"] == "0.600000"  # 3 of 5


def test_without_activity_every_ratio_is_null_and_never_zero(serving: Serving) -> None:
    row = serving.one(*HOUR)

    names = (
        "quote_utilization",
        "execution_utilization",
        "reserved_utilization",
        "failure_utilization",
        "quote_success_rate",
        "unavailable_rate",
        "accepted_quote_rate",
        "quote_conversion_rate",
        "expiry_rate",
        "conflict_rate",
        "settle_rate",
        "daily_band_usage",
        "velocity_24h_usage",
        "max_order_usage",
    )
    assert {row[name] for name in names} == {None}


def test_expiry_rate_is_null_while_every_quote_is_open(serving: Serving) -> None:
    serving.firm("2026-06-10T10:00:00Z", quotes=5)

    assert serving.one(*HOUR)["expiry_rate"] is None


def test_an_unused_band_is_zero_and_not_null(serving: Serving) -> None:
    serving.limit("daily_band", "100")
    serving.limit("velocity_24h", "100")

    row = serving.one(*HOUR)

    assert row["execution_utilization"] == "0.000000"
    assert row["daily_band_usage"] == "0.000000"
    assert row["velocity_24h_usage"] == "0.000000"


@given(hours=st.lists(st.tuples(*(st.integers(0, 9) for _ in range(4))), min_size=3, max_size=3))
@settings(max_examples=20)
def test_a_union_of_windows_has_the_ratio_of_the_sums(
    hours: list[tuple[int, int, int, int]],
) -> None:
    serving = Serving()
    serving.lane("EUR-USDT", "EUR")
    for hour, (firm, accepted, unavailable, errored) in enumerate(hours, start=10):
        at = f"2026-06-10T{hour}:30:00Z"
        serving.firm(at, quotes=firm)
        serving.firm(at, accepted=at, quotes=accepted)
        serving.quotes(at, unavailable=unavailable, errored=errored)

    *parts, whole = serving.ask(
        *(window(f"2026-06-10T{h}:00:00Z", f"2026-06-10T{h + 1}:00:00Z") for h in (10, 11, 12)),
        window("2026-06-10T10:00:00Z", "2026-06-10T13:00:00Z", "3h"),
    )

    for name, top, bottom in (
        ("unavailable_rate", "unavailable_quotes", "quote_requests"),
        ("accepted_quote_rate", "accepted_quotes", "firm_quotes"),
        ("failure_utilization", "failed_quote_attempts", "quote_requests"),
    ):
        sums = [sum(part[figure] for part in parts) for figure in (top, bottom)]
        assert [whole[top], whole[bottom]] == sums
        ratio = expected(*sums)
        assert whole[name] == (None if ratio is None else f"{ratio:.6f}")
    serving.connection.close()
