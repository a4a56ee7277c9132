"""Money is exact at any size: over a million rows every sum equals Python's own integers to the
last digit, every ratio is the exact fraction rounded once, and no column is a binary float.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.facts import open_engine
from pipelines.serving import opened
from pipelines.sqlfiles import sql_text
from pipelines.utilization import now_table, windows_table
from pipelines.windows import calendar_windows
from tests.oracle import random_world
from tests.warehouse import answer, ingest, ingest_world, place_of, settings_of, write_records

QUOTES, TRADES = 800_000, 200_000
START = datetime(2026, 6, 15, tzinfo=UTC)
DAYS = 2
UNITS = 10**8
POOLS = ("pool-a", "pool-b", "pool-c")
BAND = "123456789.00000007"
Sums = defaultdict[tuple[str, str], int]


def amounts_of(random: Random, rows: int) -> list[int]:
    """Amounts in units of the eighth decimal, of every size, a few near the largest allowed."""
    amounts = [random.randrange(10 ** random.choice((8, 11, 14))) for _ in range(rows)]
    for place in random.sample(range(rows), 50):
        amounts[place] = random.randrange(10**26, 10**27)
    return amounts


def text_of(units: int) -> str:
    return f"{units // UNITS}.{units % UNITS:08d}"


def times_of(rows: int) -> pa.Array:
    """Times spread evenly over the days, microseconds and all."""
    step = DAYS * 86_400_000_000 // rows
    offsets = np.arange(rows, dtype=np.int64) * step
    moments = np.datetime64(START.replace(tzinfo=None), "us") + offsets.astype("timedelta64[us]")
    return pa.array(np.char.add(np.datetime_as_string(moments), "Z"))


def constant(value: str | bool, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), rows)


def common(amounts: list[int], pools: list[str]) -> dict[str, pa.Array]:
    """The columns that quotes and trades share."""
    rows = len(amounts)
    return {
        "partner_id": constant("acme", rows),
        "environment": constant("production", rows),
        "pool_id": pa.array(pools),
        "side": constant("on_ramp", rows),
        "fiat_currency": constant("EUR", rows),
        "fiat_amount": pa.array([text_of(amount) for amount in amounts]),
    }


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sums]:
    """A home with a million rows, and the sums of its amounts as Python integers."""
    folder, random = tmp_path_factory.mktemp("million"), Random(8)
    sums: Sums = defaultdict(int)
    asked, traded = amounts_of(random, QUOTES), amounts_of(random, TRADES)
    quote_pools = random.choices(POOLS, k=QUOTES)
    trade_pools = random.choices(POOLS, k=TRADES)
    firm = random.choices(("firm", "indicative"), k=QUOTES)
    for amount, pool, quote_type in zip(asked, quote_pools, firm, strict=True):
        sums["requested_volume", pool] += amount
        sums["quoted_volume", pool] += amount * (quote_type == "firm")
    for amount, pool in zip(traded, trade_pools, strict=True):
        sums["settled_volume", pool] += amount
    quotes = {
        **common(asked, quote_pools),
        "request_id": pa.array([f"r-{number}" for number in range(QUOTES)]),
        "quote_type": pa.array(firm),
        "available": constant(True, QUOTES),
        "requested_at": times_of(QUOTES),
    }
    trades = {
        **common(traded, trade_pools),
        "transact_id": pa.array([f"t-{number}" for number in range(TRADES)]),
        "quote_id": pa.array([f"q-{number}" for number in range(TRADES)]),
        "status": constant("settled", TRADES),
        "status_at": times_of(TRADES),
        "created_at": times_of(TRADES),
    }
    pq.write_table(pa.table(quotes), folder / "quotes.parquet")
    pq.write_table(pa.table(trades), folder / "trades.parquet")
    limit = {
        "partner_id": "acme",
        "environment": "production",
        "limit_name": "daily_band",
        "value": BAND,
        "currency": "EUR",
        "effective_from": "2026-01-01T00:00:00Z",
    }
    write_records(folder / "limits.jsonl", [limit])
    files = [folder / name for name in ("quotes.parquet", "trades.parquet", "limits.jsonl")]
    report = ingest(folder / "home", files, threads=2)
    assert sum(counts.loaded for counts in report.counts.values()) == QUOTES + TRADES + 1
    return folder / "home", sums


@pytest.mark.parametrize("window", ["15m", "1h", "day", "month"])
def test_sums_are_pythons_integers_to_the_last_digit(
    window: str, million: tuple[Path, Sums]
) -> None:
    home, expected = million
    as_of = START + timedelta(days=DAYS)
    found: Sums = defaultdict(int)
    with opened(place_of(home)) as build, localcontext() as context:
        context.prec = 60
        windows = calendar_windows(window, START, as_of, "Asia/Kolkata")
        for row in answer(build.connection, windows, as_of):
            for name in ("requested_volume", "quoted_volume", "settled_volume"):
                found[name, row["pool_id"]] += int(row[name] * UNITS)
            assert row["accepted_volume"] == row["settled_volume"] == row["net_settled_volume"]
    assert found == expected


def test_ratios_of_huge_sums_are_the_exact_fraction_rounded_half_to_even(
    million: tuple[Path, Sums],
) -> None:
    home, sums = million
    as_of = START + timedelta(days=DAYS)
    with opened(place_of(home)) as build:
        windows = calendar_windows("month", START, as_of, "UTC")
        rows = answer(build.connection, windows, as_of)
    assert len(rows) == len(POOLS)
    for row in rows:
        band = Fraction(Decimal(BAND)) * (START.day + DAYS - 1)
        assert Fraction(row["approved_band"]) == band
        for name in ("quote", "execution"):
            total = sums["quoted_volume" if name == "quote" else "settled_volume", row["pool_id"]]
            exact = Fraction(total, UNITS) / band
            assert row[f"{name}_utilization"] == Decimal(round(exact * 10**6)).scaleb(-6)


def float_columns(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    statement = (
        "select database_name, table_name, column_name, data_type from duckdb_columns()"
        " where not internal and regexp_matches(data_type, 'DOUBLE|FLOAT|REAL')"
    )
    with connection.cursor() as cursor:
        return cursor.execute(statement).fetchall()


def test_no_column_from_landing_to_the_answer_is_a_binary_float(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, random_world(4, 120))
    with closing(open_engine(settings_of(home))) as connection:
        file = {"file": str(place_of(home).facts)}
        connection.execute(sql_text("attach_read_only.sql"), file)
        assert connection.execute("select count(*) from facts.quotes").fetchone() != (0,)
        assert float_columns(connection) == []
    for path in place_of(home).landing.rglob("*.parquet"):
        assert not any(pa.types.is_floating(field.type) for field in pq.read_schema(path))
    with opened(place_of(home)) as build:
        assert float_columns(build.connection) == []
        assert build.watermark is not None
        windows = calendar_windows("day", build.watermark, build.watermark + timedelta(1), "UTC")
        tables = (
            windows_table(build.connection, windows, as_of=build.watermark),
            now_table(build.connection, at=build.watermark),
        )
    for table in tables:
        assert table.num_rows
        assert not any(pa.types.is_floating(field.type) for field in table.schema)
