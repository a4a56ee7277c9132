"""The identities can fail: each is broken on purpose in what is stored, and named.

Goal: after any load a stored figure that contradicts the records is told, in one line, and blocks
nothing; on whole books no check fails. Method: small homes whose stored rows are changed behind the
product's back before the next publication.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from pipelines.building import MODELS_OF
from pipelines.checks.identities import (
    SEVERITIES,
    IncompleteCheckError,
    identities,
    parse_identity,
    run_checks,
)
from pipelines.facts import Facts, open_engine
from pipelines.operations import rebuild_place, status_rows
from pipelines.publish import publish
from pipelines.sqlfiles import sql_text
from tests.books.ledgers import OWNER, Record, at, entry, random_book, snapshot
from tests.books.test_webhooks import random_attempts
from tests.warehouse import LANDED_AT, ingest, ingest_world, place_of, settings_of, write_world


def quote(number: int, minutes: float) -> Record:
    """A quote attempt: firm, or unavailable every third time."""
    is_available = number % 3 > 0
    return {
        **OWNER,
        "request_id": f"r-{number}",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "quote_type": "firm",
        "quote_id": f"q-{number}" if is_available else None,
        "fiat_currency": "EUR",
        "fiat_amount": "12.34",
        "available": is_available,
        "requested_at": at(minutes),
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of whole books: quotes, trades, ledger, balances and webhooks."""
    home: Path = tmp_path_factory.mktemp("books") / "home"
    random = Random(8)
    book = random_book(random)
    world: dict[str, list[Record]] = {
        "ledger": book["ledger"],
        "balances": book["balances"],
        "trades": book["trades"],
        "quotes": [quote(number, number * 50) for number in range(80)],
        "webhooks": random_attempts(random)["webhooks"],
    }
    report = ingest_world(home, world)
    assert not any(report.failures.values())
    return home


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoiled."""
    return Path(shutil.copytree(whole, tmp_path / "home"))


def checks_of(home: Path) -> dict[str, dict[str, Any]]:
    """The checks that `status` shows, by name."""
    rows = status_rows(place_of(home), at=LANDED_AT)
    return {row["check_name"]: row for row in rows if row["row"] == "check"}


def failing(home: Path) -> set[str]:
    """The names of the checks that do not hold."""
    return {name for name, row in checks_of(home).items() if row["faults"]}


@contextmanager
def open_facts(home: Path) -> Iterator[Facts]:
    """The facts of a home, to be changed behind the product's back."""
    with closing(open_engine(settings_of(home))) as connection:
        facts = Facts(connection, place_of(home), settings_of(home))
        facts.open()
        yield facts
        facts.close()


def spoil(home: Path, group: str, statement: str) -> None:
    """Change a stored row, and say that the days of its group changed."""
    with open_facts(home) as facts:
        facts.connection.execute(statement)
        table = MODELS_OF[group][0]
        facts.connection.execute(
            f"insert into facts.unpublished_days select distinct '{group}', day from facts.{table}"
        )


def publish_again(home: Path) -> None:
    """Publish what is stored."""
    with open_facts(home) as facts:
        publish(facts)


def test_books_that_are_whole_pass_every_check(home: Path) -> None:
    assert set(checks_of(home)) == {check.name for check in identities()}
    assert failing(home) == set()


ONE = "where rowid = (select min(rowid) from facts.{table})"
BREAKS = [
    ("funnel_order", "quotes", "quote_buckets", "firm_quotes = quote_requests + 1"),
    ("funnel_order", "quotes", "quote_paths", "quotes = quotes + 1"),
    ("funnel_order", "quotes", "quote_buckets", "unavailable_quotes = unavailable_quotes + 1"),
    ("quote_volume", "quotes", "quote_buckets", "requested_volume = requested_volume + 0.00000001"),
    ("quote_volume", "quotes", "quote_buckets", "quote_requests = quote_requests - 1"),
    ("trades_by_state", "trades", "trade_paths", "left_status = 'lost'"),
    ("trades_by_state", "trades", "trade_paths", "trades = trades + 1"),
    ("trades_by_state", "trades", "trade_state", "status = 'gone'"),
    ("trade_volume", "trades", "trade_paths", "notional = notional - 0.00000001"),
    ("trade_volume", "trades", "trade_state", "fiat_amount = fiat_amount + 1"),
    ("ledger_volume", "books", "ledger_buckets", "amount = amount + 0.01"),
    ("ledger_volume", "books", "ledger_buckets", "entries = entries + 1"),
    ("running_ledger", "books", "balance_marks", "ledger_in_bucket = ledger_in_bucket + 0.01"),
    ("webhook_attempts", "webhooks", "webhook_buckets", "delivered = delivered + 1"),
    ("balance_rows", "books", "balances", "visible_balance = 1, reserved_amount = 1, "
     "available_for_new_quotes = 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "group", "table", "change"), BREAKS)
def test_a_stored_row_that_is_broken_is_named_by_its_check(
    home: Path, name: str, group: str, table: str, change: str
) -> None:
    spoil(home, group, f"update facts.{table} set {change} {ONE.format(table=table)}")
    publish_again(home)
    assert name in failing(home)
    found = checks_of(home)[name]
    assert found["examples"]
    assert ": expected " in found["examples"]


def test_a_row_that_is_gone_is_missed(home: Path) -> None:
    for group, table in (("quotes", "quote_buckets"), ("books", "balance_marks")):
        spoil(home, group, f"delete from facts.{table} {ONE.format(table=table)}")
    publish_again(home)
    assert {"quote_volume", "running_ledger"} <= failing(home)


def test_a_failed_check_is_told_in_one_line_after_the_load_and_blocks_nothing(
    home: Path, tmp_path: Path
) -> None:
    spoil(
        home,
        "books",
        f"update facts.ledger_buckets set amount = 7 {ONE.format(table='ledger_buckets')}",
    )
    more = {"quotes": [quote(900, 5000)]}
    report = ingest(home, write_world(tmp_path / "more", more))
    lines = [line for line in report.fault_lines() if "check ledger_volume" in line]
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert lines[0].startswith("production/acme: ")
    assert "run `utilization rebuild`" in lines[0]
    assert report.is_clean
    assert report.counts["quotes", "production", "acme"].loaded == 1


def test_a_fault_stays_until_its_day_changes_and_a_rebuild_ends_it(
    home: Path, tmp_path: Path
) -> None:
    spoil(home, "quotes", "update facts.quote_buckets set requested_volume = 0")
    publish_again(home)
    before = checks_of(home)["quote_volume"]["faults"]
    assert before > 1
    ingest(home, write_world(tmp_path / "one", {"quotes": [quote(900, 5)]}))
    assert checks_of(home)["quote_volume"]["faults"] == before - 1
    rebuild_place(settings_of(home), place_of(home))
    assert failing(home) == set()


def test_a_balance_row_that_does_not_add_up_is_a_warning_and_loads(tmp_path: Path) -> None:
    wrong = snapshot(30, "50000.00", reserved="12000.00", available="38000.01")
    right = snapshot(60, "50000.00", reserved="12000.00", available="38000.00")
    silent = snapshot(90, "50000.00", reserved="1")
    report = ingest_world(tmp_path / "home", {"balances": [wrong, right, silent]})
    assert report.is_clean
    assert not list(report.fault_lines())
    found = checks_of(tmp_path / "home")["balance_rows"]
    assert (found["severity"], found["faults"]) == ("warning", 1)
    assert "EUR 2026-03-28 00:30:00" in found["examples"]
    assert "expected 50000.00000000, found 50000.01000000" in found["examples"]


def test_a_day_that_the_ledger_does_not_explain_is_a_warning(tmp_path: Path) -> None:
    shown = [snapshot(30, "100"), snapshot(24 * 60, "130.01")]
    ingest_world(tmp_path / "home", {"balances": shown, "ledger": [entry(1, 40, "30")]})
    found = checks_of(tmp_path / "home")["bridge"]
    assert (found["severity"], found["faults"]) == ("warning", 1)
    assert found["examples"] == "2026-03-29 EUR: expected 130.00000000, found 130.01000000"


def test_counts_of_a_load_that_do_not_add_up_are_an_error() -> None:
    connection = duckdb.connect()
    for catalog in ("facts", "serving"):
        connection.execute(f"attach ':memory:' as {catalog}")
        connection.execute(sql_text("model_tables.sql").format(catalog=catalog))
    connection.execute(sql_text("facts_tables.sql"))
    connection.execute(sql_text("serving_tables.sql"))
    connection.execute(
        "create table serving.loads as select 7 as sequence, 'quotes' as kind, 10 as offered,"
        " 5 as loaded, 1 as duplicate, 2 as quarantined, 1 as refused"
    )
    run_checks(connection, is_new=False)
    rows = connection.execute("from serving.checks where faults > 0").fetchall()
    ((name, severity, *_, faults, examples),) = rows
    assert (name, severity, faults) == ("offered_records", "error", 1)
    assert examples == "load 7 quotes: expected 10, found 5 + 1 + 2 + 1"


def test_every_check_has_a_name_of_its_own_and_says_what_to_do() -> None:
    found = identities()
    assert len({check.name for check in found}) == len(found) >= 10
    for check in found:
        assert check.severity in SEVERITIES
        assert check.model is None or check.model in MODELS_OF
    with pytest.raises(IncompleteCheckError, match="lacks do"):
        parse_identity("x.sql", "-- check: x\n-- severity: error\n-- days of: -\n-- says: y\n")
    with pytest.raises(IncompleteCheckError, match="severity"):
        parse_identity(
            "x.sql", "-- check: x\n-- severity: bad\n-- days of: -\n-- says: y\n-- do: z\n"
        )


def test_sums_are_compared_as_decimals_without_rounding(tmp_path: Path) -> None:
    """Twenty digits before the point and eight behind it, as text."""
    huge = "99999999999999999999.99999999"
    entries = [*(entry(number, 10, huge) for number in range(3)), entry(9, 5000, "1")]
    ingest_world(tmp_path / "home", {"ledger": entries})
    change = "update facts.ledger_buckets set amount = amount - 0.00000001 where entries = 3"
    spoil(tmp_path / "home", "books", change)
    publish_again(tmp_path / "home")
    found = checks_of(tmp_path / "home")["ledger_volume"]
    total = "299999999999999999999.9999999"
    assert f": expected 3 {total}7, found 3 {total}6" in found["examples"]
