"""Every cent that the ledger does not explain is a step at its snapshot, and nothing else is one.

Goal: what a currency's balance holds more than its ledger tells is found at the first snapshot that
shows it, to the cent, and closes when a later record explains it away. Method: random small books
read once by the product and once from the raw records in plain Python; sequences written by hand;
and 1,000 planted one-cent defects in one book.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from time import process_time

import duckdb
import pytest

from pipelines.books.steps import balance_steps
from pipelines.serving import opened
from pipelines.sqlfiles import sql_text
from tests.books.ledgers import (
    CURRENCIES,
    START,
    Book,
    available_of,
    defective_book,
    entry,
    instant,
    ledger_before,
    random_book,
    reserved_at,
    snapshot,
)
from tests.mischief import scattered
from tests.warehouse import dump_of, ingest, ingest_world, place_of

Step = tuple[str, datetime, Decimal, datetime | None]


def steps_of(home: Path) -> list[Step]:
    """The published steps of a home."""
    with opened(place_of(home)) as build:
        found = balance_steps(build.connection).to_pylist()
    return [(row["currency"], row["observed_at"], row["amount"], row["closes_at"]) for row in found]


def read_steps(book: Book) -> list[Step]:
    """The steps of a book, from its raw records: return to a level in hand, or step to a new."""
    steps: list[list[object]] = []
    for currency in CURRENCIES:
        mine = sorted(
            (row for row in book["balances"] if row["currency"] == currency),
            key=lambda row: instant(row["observed_at"]),
        )
        trail: list[tuple[Decimal, list[object] | None]] = []
        for row in mine:
            moment = instant(row["observed_at"])
            naive = moment.replace(tzinfo=None)
            level = available_of(row) - ledger_before(book["ledger"], currency, moment)
            known = [place for place, (before, _) in enumerate(trail) if before == level]
            if known:
                while len(trail) > known[0] + 1:
                    step = trail.pop()[1]
                    assert step is not None
                    step[3] = naive
                continue
            step = [currency, naive, level - trail[-1][0], None] if trail else None
            if step:
                steps.append(step)
            trail.append((level, step))
    return [tuple(step) for step in steps]  # type: ignore[misc]


def books_of(levels: Sequence[int]) -> duckdb.DuckDBPyConnection:
    """Stored parts of one currency without a ledger, balances at these levels hour by hour."""
    connection = duckdb.connect()
    connection.execute(sql_text("model_tables.sql").format(catalog="main"))
    for number, level in enumerate(levels):
        moment = START.replace(tzinfo=None) + timedelta(hours=number)
        row = [moment.date(), moment, "EUR", moment, level, None, level, 0, 0]
        connection.execute("insert into balance_marks values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return connection


@pytest.mark.parametrize("seed", range(6))
def test_steps_are_those_of_the_raw_records(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    book = random_book(random)
    for row in random.sample(book["balances"], 6):
        cents = Decimal(random.choice((-1, 1, 1, 250))) / 100
        row["visible_balance"] = str(Decimal(row["visible_balance"]) + cents)
    for row in random.sample(book["ledger"], 4):
        book["ledger"].remove(row)
    ingest_world(tmp_path / "home", book)
    found = steps_of(tmp_path / "home")
    assert found == sorted(read_steps(book))
    assert found


def test_books_that_tie_out_have_no_step(tmp_path: Path) -> None:
    ingest_world(tmp_path / "home", random_book(Random(11)))
    assert steps_of(tmp_path / "home") == []


@pytest.mark.parametrize("seed", range(2))
def test_a_mark_holds_what_raw_records_add_up_to_before_it(seed: int, tmp_path: Path) -> None:
    book = random_book(Random(seed), snapshots=30)
    ingest_world(tmp_path / "home", book)
    with opened(place_of(tmp_path / "home")) as build, build.connection.cursor() as cursor:
        marks, buckets, paths = (
            cursor.table(table).to_arrow_table().to_pylist()
            for table in ("balance_marks", "ledger_buckets", "trade_paths")
        )
    assert len(marks) == len(book["balances"])
    for mark in marks:
        currency, moment = mark["currency"], mark["observed_at"].replace(tzinfo=START.tzinfo)
        before = [
            row["amount"]
            for row in buckets
            if row["currency"] == currency and row["bucket"] < mark["bucket"]
        ]
        wanted = ledger_before(book["ledger"], currency, moment)
        assert sum(before) + mark["ledger_in_bucket"] == wanted
        held = [
            row["notional"]
            for row in paths
            if row["currency"] == currency
            and row["bucket"] < mark["bucket"]
            and (row["left_bucket"] is None or row["left_bucket"] >= mark["bucket"])
        ]
        wanted = reserved_at(book["trades"], currency, moment)
        assert sum(held) + mark["reserved_in_bucket"] == wanted


@pytest.mark.parametrize("seed", range(3))
def test_books_told_in_any_order_and_in_parts_are_the_same_books(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    book = random_book(random)
    del book["ledger"][5]
    ingest_world(tmp_path / "once", book)
    for load in scattered(tmp_path / "parts", book, random):
        ingest(tmp_path / "home", load)
    assert dump_of(tmp_path / "home") == dump_of(tmp_path / "once")
    assert steps_of(tmp_path / "home") == steps_of(tmp_path / "once") != []


def amounts_and_ends(levels: Sequence[int]) -> list[tuple[int, int | None]]:
    """Each step's amount and how many hours after the start it closes."""
    start = START.replace(tzinfo=None)
    return [
        (
            int(row["amount"]),
            None if row["closes_at"] is None else (row["closes_at"] - start) // timedelta(hours=1),
        )
        for row in balance_steps(books_of(levels)).to_pylist()
    ]


@pytest.mark.parametrize(
    ("levels", "steps"),
    [
        ([], []),
        ([700], []),
        ([700, 700, 700], []),
        ([700, 705, 705, 700], [(5, 3)]),
        ([700, 705, 708, 705, 700], [(5, 4), (3, 3)]),
        ([700, 705, 708, 700], [(5, 3), (3, 3)]),
        ([700, 705, 708, 703, 700], [(5, 4), (3, 4), (-5, 4)]),
        ([700, 705, 700, 705], [(5, 2), (5, None)]),
        ([700, 705, 700, 705, 700, 700], [(5, 2), (5, 4)]),
        ([700, 699, 702, 699, 702], [(-1, None), (3, 3), (3, None)]),
    ],
)
def test_a_step_closes_when_the_difference_is_back_at_a_level_before_it(
    levels: Sequence[int], steps: list[tuple[int, int | None]]
) -> None:
    assert amounts_and_ends(levels) == steps


def test_a_late_entry_closes_the_step_it_explains(tmp_path: Path) -> None:
    """Money is seen in the balance at ten minutes, and booked an hour later."""
    home = tmp_path / "home"
    shown = [snapshot(0, "100"), snapshot(10, "150"), snapshot(70, "150"), snapshot(90, "150")]
    ingest_world(home, {"balances": shown, "ledger": [entry(1, 75, "50"), entry(2, -60, "9")]})
    minutes = [START.replace(tzinfo=None) + timedelta(minutes=each) for each in (10, 90)]
    assert steps_of(home) == [("EUR", minutes[0], Decimal(50), minutes[1])]
    late = {**entry(3, 5, "50"), "ref": "late"}
    ingest_world(home.with_name("told-late"), {"balances": shown, "ledger": [late]})
    assert steps_of(home.with_name("told-late")) == []


def test_each_of_a_thousand_planted_cents_is_found_at_its_snapshot_and_none_else(
    tmp_path: Path,
) -> None:
    book, defects = defective_book(1000)
    ingest_world(tmp_path / "home", book)
    wanted = [
        (currency, instant(shown).replace(tzinfo=None), amount, None)
        for currency, (shown, amount) in sorted(defects.items())
    ]
    assert steps_of(tmp_path / "home") == wanted
    assert len(wanted) == 1000


def test_a_hundred_thousand_snapshots_are_read_in_well_under_a_second() -> None:
    connection = duckdb.connect()
    connection.execute(sql_text("model_tables.sql").format(catalog="main"))
    connection.execute(
        "insert into balance_marks select day, bucket, 'EUR', bucket, n, null, n % 7, 0, 0"
        " from (select n, timestamp '2020-01-01' + n * interval 15 minute as bucket,"
        " bucket::date as day from range(100_000) as numbers(n))"
    )
    begun = process_time()
    assert balance_steps(connection).num_rows > 50_000
    assert process_time() - begun < 4
