"""The bridge adds up: opening + pay-ins - debits + refunds, and what is left over is shown.

Goal: for any currency and local day the bridge says what raw records say, never claims a balance
that nobody told, and shows every cent that the ledger does not explain. Method: random small books
across a change of clocks, read by the product and in plain Python; days worked out by hand; and
1,000 planted one-cent defects.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.asof import build_as_of
from pipelines.books.bridge import bridge_table, snapshots_table
from pipelines.metrics.marks import UnalignedInstantError
from pipelines.serving import opened
from pipelines.windows import Window, calendar_windows, parse_instant
from tests.books.ledgers import (
    CURRENCIES,
    START,
    Book,
    Record,
    at,
    available_of,
    defective_book,
    entry,
    instant,
    ledger_before,
    observation,
    random_book,
    reserved_at,
    snapshot,
)
from tests.warehouse import ingest_world, place_of, settings_of

Row = dict[str, Any]
END = START + timedelta(days=4)
REASONS = {"pay_ins": "payin_credit", "debits": "buy_debit", "refunds": "buy_refund"}


def bridge_of(home: Path, windows: list[Window], as_of: datetime = END) -> list[Row]:
    """The published bridge of a home, also inside a stored bucket."""
    with build_as_of(settings_of(home), place_of(home), as_of) as build:
        return bridge_table(build.connection, windows, as_of=as_of).to_pylist()


def balance_before(book: Book, currency: str, moment: datetime) -> tuple[Decimal, datetime] | None:
    """A balance from raw records: the last snapshot before, and what the ledger moved since."""
    mine = [
        (instant(row["observed_at"]), row)
        for row in book["balances"]
        if row["currency"] == currency and instant(row["observed_at"]) < moment
    ]
    if not mine:
        return None
    basis_at, row = max(mine, key=lambda found: found[0])
    ledger = book["ledger"]
    moved = ledger_before(ledger, currency, moment) - ledger_before(ledger, currency, basis_at)
    return available_of(row) + moved, basis_at


def read_bridge(book: Book, windows: Iterable[Window], as_of: datetime) -> list[Row]:
    """The bridge from raw records, one at a time."""
    known = {
        row["currency"]
        for row in (*book["ledger"], *book["balances"])
        if instant(row.get("created_at") or row["observed_at"]) < as_of
    }
    return [
        _read_row(book, currency, window, as_of)
        for currency in sorted(known)
        for window in windows
        if window.start < as_of
    ]


def _read_row(book: Book, currency: str, window: Window, as_of: datetime) -> Row:
    closes_at = min(window.end, as_of)
    moved = {
        name: ledger_before(_of(book["ledger"], reason), currency, closes_at)
        - ledger_before(_of(book["ledger"], reason), currency, window.start)
        for name, reason in REASONS.items()
    }
    moved["debits"] *= -1
    opening = balance_before(book, currency, window.start)
    closing = balance_before(book, currency, closes_at)
    unexplained = None
    if opening and closing and closing[1] >= window.start:
        explained = opening[0] + moved["pay_ins"] - moved["debits"] + moved["refunds"]
        unexplained = closing[0] - explained
    return {
        "currency": currency,
        "window": window.name,
        "window_start": window.start,
        "window_end": window.end,
        "as_of": as_of,
        "opening": opening and opening[0],
        **moved,
        "closing": closing and closing[0],
        "unexplained": unexplained,
        "opening_basis_at": opening and opening[1],
        "closing_basis_at": closing and closing[1],
    }


def _of(ledger: list[Record], reason: str) -> list[Record]:
    return [row for row in ledger if row["reason"] == reason]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize("seed", range(3))
def test_the_bridge_says_what_raw_records_say(seed: int, zone: str, tmp_path: Path) -> None:
    random = Random(seed)
    book = random_book(random, snapshots=random.choice((6, 60)))
    for row in random.sample(book["ledger"], 3):
        book["ledger"].remove(row)
    home = tmp_path / "home"
    ingest_world(home, book)
    as_of = START + timedelta(minutes=random.randrange(2000, 5000), seconds=17)
    windows = calendar_windows("day", START - timedelta(days=2), END, zone)
    assert bridge_of(home, windows, as_of) == read_bridge(book, windows, as_of)
    assert bridge_of(home, windows) == read_bridge(book, windows, END)


def test_a_day_of_23_hours_is_one_row_and_each_day_opens_as_the_one_before_closed(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    ingest_world(home, random_book(Random(3)))
    rows = bridge_of(home, calendar_windows("day", START, END, "Europe/Berlin"))
    lengths = {row["window_end"] - row["window_start"] for row in rows}
    assert lengths == {timedelta(hours=23), timedelta(hours=24)}
    for before, after in pairwise(rows):
        if before["currency"] == after["currency"]:
            assert before["closing"] == after["opening"]
    checked = [row["unexplained"] for row in rows if row["unexplained"] is not None]
    assert set(checked) == {Decimal(0)}
    assert len(checked) > len(CURRENCIES)


def days(count: int) -> list[Window]:
    """UTC days from the start on."""
    return calendar_windows("day", START, START + timedelta(days=count), "UTC")


def test_what_nobody_explains_is_shown_on_its_day_and_not_carried_on(tmp_path: Path) -> None:
    day = 24 * 60
    shown = [snapshot(-60, "100"), snapshot(600, "149.99"), snapshot(day + 600, "149.99")]
    moved = [entry(1, 300, "50"), entry(2, day + 300, "0.01"), entry(3, day + 400, "-0.01")]
    ingest_world(tmp_path / "home", {"balances": shown, "ledger": moved})
    rows = bridge_of(tmp_path / "home", days(2))
    assert [row["unexplained"] for row in rows] == [Decimal("-0.01"), 0]
    assert [row["closing"] for row in rows] == [Decimal("149.99")] * 2


def test_what_is_not_told_is_null_and_never_zero(tmp_path: Path) -> None:
    """Snapshots only on the second day: the first opens unknown, the third closes unchecked."""
    home = tmp_path / "home"
    shown = snapshot(30 * 60, "70", available="60", reserved="10")
    ingest_world(home, {"balances": [shown], "ledger": [entry(1, 40 * 60, "5")]})
    first, second, third = bridge_of(home, days(3))
    assert (first["opening"], first["closing"], first["unexplained"]) == (None, None, None)
    assert first["pay_ins"] == 0
    assert (second["opening"], second["closing"], second["unexplained"]) == (None, 65, None)
    assert (third["opening"], third["closing"], third["unexplained"]) == (65, 65, None)
    assert third["closing_basis_at"] == instant(shown["observed_at"])
    ingest_world(tmp_path / "other", {"balances": [shown, snapshot(2000, "70")]})
    (_, row, _) = bridge_of(tmp_path / "other", days(3))
    told = {name for name, value in row.items() if value is not None}
    assert told & {"opening", "pay_ins", "debits", "refunds", "closing", "unexplained"} == set()


def test_each_of_a_thousand_planted_cents_is_unexplained_on_its_day(tmp_path: Path) -> None:
    book, defects = defective_book(1000)
    ingest_world(tmp_path / "home", book)
    rows = bridge_of(tmp_path / "home", days(1), START + timedelta(days=1))
    found = {row["currency"]: row["unexplained"] for row in rows}
    assert found == {currency: amount for currency, (_, amount) in defects.items()}


def test_an_instant_inside_a_stored_bucket_is_refused_where_it_cannot_be_answered(
    tmp_path: Path,
) -> None:
    ingest_world(tmp_path / "home", random_book(Random(5)))
    moment = parse_instant("2026-03-29T10:07:00Z")
    with opened(place_of(tmp_path / "home")) as build:
        with pytest.raises(UnalignedInstantError, match="10:07"):
            bridge_table(build.connection, days(3), as_of=moment)
        assert bridge_table(build.connection, [], as_of=END).num_rows == 0


@pytest.mark.parametrize("seed", range(2))
def test_each_snapshot_stands_beside_the_ledger_and_the_trades_of_its_moment(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    book = random_book(random)
    book["balances"][7]["reserved_amount"] = "77777"
    del book["ledger"][3]
    ingest_world(tmp_path / "home", book)
    with opened(place_of(tmp_path / "home")) as build:
        found = snapshots_table(build.connection, as_of=END).to_pylist()
        later = snapshots_table(build.connection, as_of=END, start=START + timedelta(days=2))
    records = {(row["currency"], instant(row["observed_at"])): row for row in book["balances"]}
    anchors: dict[str, Decimal] = {}
    for row in found:
        currency, moment = row["currency"], row["observed_at"]
        record = records.pop((currency, moment))
        ledger = ledger_before(book["ledger"], currency, moment)
        held = reserved_at(book["trades"], currency, moment)
        stated = record["reserved_amount"]
        level = available_of(record) - ledger
        assert row["running_ledger"] == ledger
        assert row["difference"] == level - anchors.setdefault(currency, level)
        assert row["reserved_per_trades"] == held
        assert row["reserved_difference"] == (None if stated is None else Decimal(stated) - held)
    assert not records
    assert later.to_pylist() == [
        row for row in found if row["observed_at"] >= START + timedelta(days=2)
    ]


def test_a_trade_that_left_before_it_was_created_was_never_reserved(tmp_path: Path) -> None:
    trades = [
        observation(1, "reserved", 100, 100, amount="5"),
        observation(1, "settled", 20, 100, amount="5"),
        observation(2, "reserved", 50, 50, amount="7"),
    ]
    shown = [snapshot(minutes, "9", reserved="7", available="2") for minutes in (45, 95, 101, 110)]
    ingest_world(tmp_path / "home", {"trades": trades, "balances": shown})
    with opened(place_of(tmp_path / "home")) as build:
        found = snapshots_table(build.connection, as_of=END).to_pylist()
    assert [row["reserved_per_trades"] for row in found] == [0, 7, 7, 7]
    assert [row["running_ledger"] for row in found] == [None] * 4
    assert found[0]["observed_at"] == instant(at(45)).astimezone(UTC)
