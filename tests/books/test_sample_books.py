"""The committed sample's books tell the stories that were planted in it, and no other.

Goal: on believable records of 45 days the bridge ties out but for the planted loss, the missing
webhooks are the dead letters, and the old reservations are the stuck ones. Method: the committed
files, loaded once; what was planted is read from the raw files, not from the product.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.books.ageing import reserved_ageing_table, reserved_trades_table
from pipelines.books.bridge import bridge_table, snapshots_table
from pipelines.books.steps import balance_steps
from pipelines.books.webhooks import missing_webhooks_table, webhook_health_table
from pipelines.serving import Build, opened
from pipelines.windows import calendar_windows
from tests.warehouse import ingest, place_of

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
OWNER = ("production", "lumen-wallet")
LATENESS = timedelta(minutes=15)
FIRST_DAY = datetime(2026, 5, 17, tzinfo=UTC)
LOSS = ("EUR", datetime(2026, 6, 9, tzinfo=UTC))
"""The story `ledger_gaps`: money that left the balance without an entry."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, loaded."""
    folder = tmp_path_factory.mktemp("sample") / "home"
    ingest(folder, [SAMPLE])
    return folder


@contextmanager
def build_of(home: Path) -> Iterator[tuple[Build, datetime]]:
    """The published build and its watermark."""
    with opened(place_of(home, OWNER)) as build:
        assert build.watermark is not None
        yield build, build.watermark


def raw(kind: str) -> Iterator[dict[str, Any]]:
    """The raw records of production of a kind, in whatever spelling they have."""
    for file in sorted(SAMPLE.glob(f"{kind}-lumen-wallet-2026*")):
        data = file.read_bytes()
        if file.suffix == ".zst":
            with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
                data = stream.read()
        else:
            data = gzip.decompress(data)
        yield from (json.loads(line) for line in data.splitlines())


def test_every_day_ties_out_but_the_one_whose_money_left_unbooked(home: Path) -> None:
    with build_of(home) as (build, watermark):
        days = calendar_windows("day", FIRST_DAY, watermark, "UTC")
        rows = bridge_table(build.connection, days, as_of=watermark).to_pylist()
        (step,) = balance_steps(build.connection).to_pylist()
        snapshots = snapshots_table(build.connection, as_of=watermark).to_pylist()
    assert len(rows) == 3 * 45
    untied = {
        (row["currency"], row["window_start"]): row["unexplained"]
        for row in rows
        if row["unexplained"]
    }
    assert set(untied) == {LOSS}
    assert untied[LOSS] == step["amount"] < 0
    unknown = {row["window_start"] for row in rows if row["unexplained"] is None}
    assert unknown == {FIRST_DAY}
    for before, after in pairwise(rows):
        if before["currency"] == after["currency"]:
            assert before["closing"] == after["opening"]
    assert {row["reserved_difference"] for row in snapshots} == {Decimal(0)}


def test_the_loss_is_a_trade_of_that_amount(home: Path) -> None:
    with build_of(home) as (build, _):
        (step,) = balance_steps(build.connection).to_pylist()
    amounts = {
        Decimal(str(row.get("fiatAmount") or row.get("fiat_amount"))) for row in raw("trades")
    }
    assert -step["amount"] in amounts
    assert step["closes_at"] is None


def test_the_missing_webhooks_are_exactly_the_dead_letters(home: Path) -> None:
    dead = {
        row.get("transactId") or row.get("transact_id")
        for row in raw("webhooks")
        if row["outcome"] == "dead_lettered"
    }
    with build_of(home) as (build, watermark):
        missing = missing_webhooks_table(build.connection, as_of=watermark, lateness=LATENESS)
        month = calendar_windows("month", FIRST_DAY, watermark, "UTC")[1:]
        health = webhook_health_table(
            build.connection, month, as_of=watermark, lateness=LATENESS
        ).to_pylist()
    assert set(missing["transact_id"].to_pylist()) == dead
    assert len(dead) == 2
    assert sum(row["missing_events"] for row in health) == 2
    assert sum(row["dead_lettered"] for row in health) == 2
    assert sum(row["duplicated_events"] for row in health) == 0


def test_the_oldest_reservations_are_the_stuck_ones_one_a_day(home: Path) -> None:
    with build_of(home) as (build, watermark):
        ages = reserved_ageing_table(build.connection, as_of=watermark).to_pylist()
        old = reserved_trades_table(
            build.connection, as_of=watermark, over=timedelta(hours=1)
        ).to_pylist()
    begun = [row["created_at"].date().isoformat() for row in old]
    assert begun == [f"2026-06-{day}" for day in range(22, 28)]
    assert sum(row["reserved_count"] for row in ages if row["over_s"] >= 3600) == len(old)
