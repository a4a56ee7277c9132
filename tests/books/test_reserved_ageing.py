"""Money that is held for long is seen: how much, for how long, and which trades.

Goal: at any instant the counts by age and the list name exactly the trades that were reserved then,
whatever happened to them afterwards. Method: random small books read in plain Python at random
instants, and trades by hand on both sides of a bound.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.asof import build_as_of
from pipelines.books.ageing import AGES, reserved_ageing_table, reserved_trades_table
from pipelines.errors import UsageError
from pipelines.facts import open_engine
from pipelines.metrics.marks import UnalignedInstantError
from pipelines.serving import opened
from pipelines.sqlfiles import sql_text
from tests.books.ledgers import START, Book, Record, at, instant, observation, random_book
from tests.warehouse import ingest_world, place_of, settings_of

Row = dict[str, Any]
HOUR = timedelta(hours=1)


def held(book: Book, moment: datetime) -> list[Record]:
    """One observation of each trade reserved at a moment, the oldest first."""
    gone = {
        row["transact_id"]
        for row in book["trades"]
        if row["status"] != "reserved" and instant(row["status_at"]) < moment
    }
    firsts = [row for row in book["trades"] if row["status"] == "reserved"]
    found = [
        row
        for row in firsts
        if instant(row["created_at"]) < moment and row["transact_id"] not in gone
    ]
    return sorted(found, key=lambda row: (instant(row["created_at"]), row["transact_id"]))


def ages_of(home: Path, moment: datetime, bounds: tuple[timedelta, ...] = AGES) -> list[Row]:
    """The age buckets of a home at a moment."""
    with build_as_of(settings_of(home), place_of(home), moment) as build:
        return reserved_ageing_table(build.connection, as_of=moment, bounds=bounds).to_pylist()


@pytest.mark.parametrize("seed", range(3))
def test_the_counts_by_age_are_those_of_the_raw_records_at_any_instant(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    book = random_book(random, trades=80, snapshots=4)
    home = tmp_path / "home"
    ingest_world(home, book)
    for _ in range(4):
        moment = START + timedelta(seconds=random.randrange(100_000, 345_600))
        reserved = held(book, moment)
        for row in ages_of(home, moment):
            over = timedelta(seconds=row["over_s"])
            up_to = timedelta.max if row["up_to_s"] is None else timedelta(seconds=row["up_to_s"])
            mine = [
                each
                for each in reserved
                if each["pool_id"] == row["pool_id"]
                and over < moment - instant(each["created_at"]) <= up_to
            ]
            amounts = [Decimal(each["fiat_amount"]) for each in mine]
            assert (row["reserved_count"], row["reserved_notional"]) == (len(mine), sum(amounts))
            oldest = min((instant(each["created_at"]) for each in mine), default=None)
            assert row["oldest_created_at"] == oldest
            age = None if oldest is None else (moment - oldest) // timedelta(seconds=1)
            assert row["oldest_age_s"] == age


@pytest.mark.parametrize("seed", range(3))
def test_the_list_names_the_trades_reserved_then_the_oldest_first(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    book = random_book(random, trades=60, snapshots=4)
    home = tmp_path / "home"
    ingest_world(home, book)
    with opened(place_of(home)) as build:
        watermark = build.watermark
        assert watermark is not None
        with pytest.raises(UsageError, match="watermark or later"):
            reserved_trades_table(build.connection, as_of=watermark - HOUR)
        for over in (timedelta(0), HOUR):
            found = reserved_trades_table(build.connection, as_of=watermark, over=over)
            assert found["transact_id"].to_pylist() == [
                row["transact_id"]
                for row in held(book, watermark)
                if watermark - instant(row["created_at"]) > over
            ]
    with closing(open_engine(settings_of(home))) as connection:
        connection.execute(sql_text("attach_read_only.sql"), {"file": str(place_of(home).facts)})
        for _ in range(5):
            moment = START + timedelta(seconds=random.randrange(345_600))
            found = reserved_trades_table(connection, as_of=moment, trades="facts.trade_state")
            names = [row["transact_id"] for row in held(book, moment)]
            assert found["transact_id"].to_pylist() == names


def test_a_trade_that_left_after_the_watermark_is_still_listed_at_it(tmp_path: Path) -> None:
    """The ledger is behind, so the build answers for an earlier time than its newest trade."""
    entry = {"entry_id": "e", "currency": "EUR", "delta": "1", "reason": "payin_credit"}
    owner = {"partner_id": "acme", "environment": "production"}
    trades = [observation(1, "reserved", 0, 0), observation(1, "settled", 600, 0)]
    ledger = [{**owner, **entry, "ref": "r", "created_at": at(300)}]
    ingest_world(tmp_path / "home", {"trades": trades, "ledger": ledger})
    with opened(place_of(tmp_path / "home")) as build:
        assert build.watermark == instant(at(300))
        for minutes, listed in ((300, ["t-1"]), (600, ["t-1"]), (601, [])):
            found = reserved_trades_table(build.connection, as_of=instant(at(minutes)), over=HOUR)
            assert found["transact_id"].to_pylist() == listed
        (row,) = reserved_trades_table(build.connection, as_of=instant(at(300))).to_pylist()
    assert (row["age_s"], row["fiat_amount"], row["currency"]) == (18_000, 100, "EUR")


def test_an_age_of_exactly_a_bound_is_not_over_it(tmp_path: Path) -> None:
    trades = [observation(1, "reserved", 0, 0)]
    ingest_world(tmp_path / "home", {"trades": trades})
    at_bound, later = (ages_of(tmp_path / "home", START + HOUR + each) for each in (0 * HOUR, HOUR))
    assert [row["reserved_count"] for row in at_bound] == [1, 0, 0, 0, 0]
    assert [row["reserved_count"] for row in later] == [0, 1, 0, 0, 0]
    assert [row["age"] for row in later] == ["<=1h", "1h-24h", "24h-3d", "3d-7d", ">7d"]


def test_bounds_of_ones_own_are_exact_or_refused(tmp_path: Path) -> None:
    ingest_world(tmp_path / "home", {"trades": [observation(1, "reserved", 0, 0)]})
    half = timedelta(minutes=30)
    found = ages_of(tmp_path / "home", START + HOUR, (half, 2 * HOUR))
    assert [row["reserved_count"] for row in found] == [0, 1, 0]
    with pytest.raises(UnalignedInstantError):
        ages_of(tmp_path / "home", START + HOUR + timedelta(seconds=1), (half,))
