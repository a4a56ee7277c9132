"""Books of 25,000 trades with defects planted in them: each is found, by id and amount, and none is
invented; the same with ids erased, where only amount and time are left; and in whatever order and
files the books arrive."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow.compute as pc
import pytest

from pipelines.books.exceptions import exceptions_table
from pipelines.serving import opened
from tests.reconciliation.books import (
    LATE,
    PLANTS,
    SPAN,
    START,
    Book,
    Expected,
    Row,
    believable_book,
    erased,
    write_book,
    write_rows,
)
from tests.warehouse import ingest, place_of

TRADES = 25_000
ALLOWANCE = timedelta(minutes=15)
EARLY = timedelta(minutes=1)
BY_ENTRY = (
    "debit_without_trade",
    "refund_without_trade",
    "amount_mismatch",
    "duplicate_entry",
    "conflict",
)


def load_book(folder: Path, book: Book) -> Path:
    """A home with this book in it."""
    home = folder / "home"
    ingest(home, write_book(folder / "files", book.rows))
    return home


def told(home: Path, as_of: datetime = LATE) -> list[Row]:
    """Every exception and guessed pair as of a time."""
    with opened(place_of(home)) as build:
        return exceptions_table(build.connection, as_of=as_of).to_pylist()


def found(rows: list[Row]) -> Counter[Expected]:
    """The exceptions among them: kind, id, amount, state."""
    return Counter(
        (row["kind"], _id_of(row), row["amount"], row["state"])
        for row in rows
        if row["match"] != "weak"
    )


def _id_of(row: Row) -> str:
    if row["kind"] == "balance_mismatch":
        return f"{row['currency']} {row['event_at']:%d %H:%M}"
    if row["kind"] == "order_without_trade":
        return str(row["partner_reference"])
    return str(row["entry_id"] if row["kind"] in BY_ENTRY else row["transact_id"])


@pytest.mark.parametrize("seed", range(8))
def test_each_planted_defect_is_found_and_none_is_invented(seed: int, tmp_path: Path) -> None:
    book = believable_book(seed, TRADES, 8 * len(PLANTS))
    assert found(told(load_book(tmp_path, book))) == Counter(book.truth)


def test_each_of_a_thousand_cents_and_rows_is_found(tmp_path: Path) -> None:
    book = believable_book(1000, TRADES, 1000)
    assert len(book.truth) >= 1000
    assert found(told(load_book(tmp_path, book))) == Counter(book.truth)


@pytest.mark.parametrize("share", [0.3, 0.61, 0.87])
def test_an_entry_that_may_still_come_makes_no_exception(share: float, tmp_path: Path) -> None:
    book = believable_book(77, TRADES // 5, 12 * len(PLANTS))
    after = START + SPAN * share
    cut = min(row["created_at"] for row in book.rows["trades"] if row["created_at"] > after)
    cut += timedelta(seconds=0.5)
    rows = told(load_book(tmp_path, book.until(cut)), cut)
    known = {expected[:3] for expected in book.truth}
    young = [row for row in rows if row["state"] == "pending"]
    assert {(row["kind"], _id_of(row), row["amount"]) for row in rows if row not in young} <= known
    assert "trade_without_debit" in {row["kind"] for row in young}
    assert all(cut - row["event_at"] <= ALLOWANCE for row in young)
    due = [
        expected
        for expected in found(rows)
        if expected[0] == "trade_without_debit" and expected[3] == "open"
    ]
    assert due


# --- ids erased ---


def possible_pairs(book: Book) -> set[tuple[str, str, str]]:
    """(kind, trade, entry) that amount and time allow among what no id explains."""
    named = {(row["reason"], row["ref"]) for row in book.rows["ledger"]}
    nameless: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in book.rows["ledger"]:
        if not row["ref"].startswith("q"):
            told = (row["reason"], row["currency"], row["delta"].lstrip("-"))
            nameless[told].append(row)
    return {
        (reason.replace("buy", "trade_without"), trade["transact_id"], entry["entry_id"])
        for trade, reason, due_at in dues(book)
        if (reason, trade["quote_id"]) not in named
        for entry in nameless[reason, trade["fiat_currency"], trade["fiat_amount"]]
        if -EARLY <= entry["created_at"] - due_at <= ALLOWANCE
    }


def dues(book: Book) -> Iterator[tuple[Row, str, datetime]]:
    """What each trade should have been debited and refunded, and when."""
    settled = {row["transact_id"] for row in book.rows["trades"] if row["status"] == "settled"}
    for row in book.rows["trades"]:
        is_illegal = row["status"] == "failed" and row["transact_id"] in settled
        if row["status"] == "reserved":
            yield row, "buy_debit", row["created_at"]
        elif row["status"] != "settled" and not is_illegal:
            yield row, "buy_refund", row["status_at"]


@pytest.mark.parametrize("seed", [100, 101])
def test_what_lost_its_ids_is_matched_where_only_one_match_is_possible(
    seed: int, tmp_path: Path
) -> None:
    book, owners = erased(believable_book(seed, TRADES, 4 * len(PLANTS)), seed, 0.05)
    rows = told(load_book(tmp_path, book))
    pairs = possible_pairs(book)
    rivals = Counter((kind, transact_id) for kind, transact_id, _ in pairs)
    rivals.update(("entry", entry_id) for *_, entry_id in pairs)
    unique = {pair for pair in pairs if rivals[pair[:2]] == 1 and rivals["entry", pair[2]] == 1}
    weak = {
        (row["kind"], row["transact_id"], row["entry_id"]) for row in rows if row["match"] == "weak"
    }
    assert weak == unique
    assert all(owners[entry_id] == transact_id for _, transact_id, entry_id in weak)
    assert len(weak) > len(owners) * 0.8
    ambiguous = pairs - unique
    assert ambiguous
    assert found(rows) == Counter(book.truth) + Counter(_left_open(book, ambiguous))
    assert _candidates(rows) == _rivals_of(ambiguous)


def _left_open(book: Book, ambiguous: set[tuple[str, str, str]]) -> set[Expected]:
    """Both sides of what stays open, but for trades whose entry was not there to be erased."""
    trades = {row["transact_id"]: Decimal(row["fiat_amount"]) for row in book.rows["trades"]}
    planted = {expected[:2] for expected in book.truth}
    return {
        (kind, transact_id, trades[transact_id], "open")
        for kind, transact_id, _ in ambiguous
        if (kind, transact_id) not in planted
    } | {
        (_other_side(kind), entry_id, trades[transact_id], "open")
        for kind, transact_id, entry_id in ambiguous
    }


def _other_side(kind: str) -> str:
    return kind.removeprefix("trade_without_") + "_without_trade"


def _candidates(rows: list[Row]) -> dict[tuple[str, str], list[str]]:
    return {(row["kind"], _id_of(row)): row["candidates"] for row in rows if row["candidates"]}


def _rivals_of(ambiguous: set[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    rivals: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, transact_id, entry_id in sorted(ambiguous):
        rivals[kind, transact_id].append(entry_id)
        rivals[_other_side(kind), entry_id].append(transact_id)
    return {key: sorted(ids) for key, ids in rivals.items()}


# --- however they arrive ---


def current(home: Path) -> Counter[str]:
    """Every exception that the records tell of, without when it was seen."""
    with opened(place_of(home)) as build:
        table = build.connection.cursor().table("exceptions").to_arrow_table()
    kept = table.filter(pc.field("is_current")).drop_columns(["first_seen_at", "resolved_at"])
    return Counter(map(repr, kept.to_pylist()))


def shuffled(folder: Path, book: Book, random: Random) -> list[list[Path]]:
    """The book as files of any rows in any order, in one to three loads."""
    files = []
    for kind, rows in book.rows.items():
        mixed = random.sample(rows, len(rows))
        parts = random.randint(1, 2)
        for part in range(parts):
            path = folder / f"{kind}-{part}.parquet"
            files.append(write_rows(path, mixed[part::parts]))
    random.shuffle(files)
    loads = random.randint(1, 3)
    return [files[place::loads] for place in range(loads)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Book, Counter[str]]:
    """A book and what it comes to in one piece."""
    book, _ = erased(believable_book(5, 2_000, 2 * len(PLANTS)), 5, 0.05)
    return book, current(load_book(tmp_path_factory.mktemp("whole"), book))


@pytest.mark.parametrize("shuffle", range(20))
def test_shuffled_books_come_to_the_same(
    shuffle: int, tmp_path: Path, whole: tuple[Book, Counter[str]]
) -> None:
    book, expected = whole
    for load in shuffled(tmp_path / "files", book, Random(shuffle)):
        ingest(tmp_path / "home", load)
    assert current(tmp_path / "home") == expected
