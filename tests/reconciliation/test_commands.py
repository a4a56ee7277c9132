"""The commands that finance asks, as terminals and scripts meet them: which rows they print, in
which columns and order, on books told by hand with one break of each sort."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import cli
from tests.reconciliation.stories import at, clock, entry, load, trade

ROW = [
    *("partner_id", "environment", "kind", "state", "match", "pool_id", "currency", "amount"),
    *("event_at", "age_s", "first_seen_at", "resolved_at", "transact_id", "quote_id", "entry_id"),
    *("partner_reference", "candidates"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One trade ties out, one has no debit, one was debited late, one is a minute old."""
    home = tmp_path_factory.mktemp("books") / "home"
    books = {
        "trades": [*trade(1, 0), *trade(2, 1, "12.5"), *trade(3, 2), *trade(4, 119, "7.00")],
        "ledger": [entry(1, 0, "-100.00", "q1"), entry(3, 40, "-100.00", "q3")],
        "balances": [
            {
                "partner_id": "acme",
                "environment": "production",
                "currency": "EUR",
                "observed_at": at(minutes),
                "visible_balance": balance,
            }
            for minutes, balance in ((-10, "1000.00"), (60, "799.99"))
        ],
    }
    load(home, books, clock(120))
    return home


def run(home: Path, *arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(["--home", str(home), *arguments])
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def rows(home: Path, *arguments: str) -> list[dict[str, Any]]:
    status, out, err = run(home, *arguments)
    assert (status, err) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def test_exceptions_prints_what_is_open_or_pending_the_oldest_first(home: Path) -> None:
    found = rows(home, "exceptions")
    assert [list(row) for row in found] == [ROW] * len(found)
    assert [(row["kind"], row["state"], row["amount"]) for row in found] == [
        ("trade_without_debit", "open", "12.50"),
        ("balance_mismatch", "open", "-0.01"),
        ("trade_without_debit", "pending", "7.00"),
    ]
    assert found[0]["event_at"] == "2026-06-10T09:01:00Z"
    assert (found[0]["age_s"], found[0]["transact_id"], found[0]["entry_id"]) == (
        119 * 60,
        "t2",
        None,
    )


def test_exceptions_of_a_kind_with_those_that_were_resolved(home: Path) -> None:
    found = rows(home, "exceptions", "--all", "--kind", "trade_without_debit")
    assert [(row["transact_id"], row["state"], row["age_s"]) for row in found] == [
        ("t2", "open", 119 * 60),
        ("t3", "resolved", None),
        ("t4", "pending", 60),
    ]
    assert found[1]["resolved_at"] is not None


def test_exceptions_as_of_a_past_moment(home: Path) -> None:
    found = rows(home, "exceptions", "--as-of", at(30))
    assert [(row["transact_id"], row["state"]) for row in found] == [("t2", "open"), ("t3", "open")]


@pytest.mark.parametrize("command", ["exceptions", "reconciliation"])
def test_a_format_for_spreadsheets_and_one_for_programs(
    home: Path, tmp_path: Path, command: str
) -> None:
    told = rows(home, command)
    _, text, _ = run(home, command, "--format", "csv")
    assert [list(row) for row in csv.DictReader(io.StringIO(text))] == [list(told[0])] * len(told)
    file = tmp_path / "rows.parquet"
    assert run(home, command, "--format", "parquet", "--out", str(file))[0] == 0
    assert pq.read_table(file).num_rows == len(told)


def test_reconciliation_says_per_currency_what_ties_out_and_what_is_open(home: Path) -> None:
    (euro,) = rows(home, "reconciliation")
    assert euro["currency"] == "EUR"
    told = ("trades", "pending_trades", "untied_trades", "match_rate", "value_at_risk")
    assert [euro[name] for name in told] == [4, 1, 1, "0.666667", "12.51"]
    assert (euro["open_exceptions"], euro["open_under_1d"], euro["oldest_open_age_s"]) == (
        2,
        2,
        119 * 60,
    )


def test_bridge_shows_what_no_entry_explains(home: Path) -> None:
    day = ("--from", "2026-06-10T00:00:00Z", "--to", "2026-06-11T00:00:00Z")
    hours = rows(home, "bridge", *day, "--window", "1h")
    told = [row for row in hours if row["currency"] == "EUR" and row["debits"] != "0.00"]
    assert [(row["window_start"], row["debits"]) for row in told] == [
        ("2026-06-10T09:00:00Z", "200.00")
    ]
    (euro,) = (row for row in rows(home, "bridge", *day) if row["currency"] == "EUR")
    assert euro["opening"] is None
    assert euro["unexplained"] is None


def test_bridge_by_snapshot_stands_beside_ledger_and_trades(home: Path) -> None:
    day = ("--from", "2026-06-10T00:00:00Z", "--to", "2026-06-11T00:00:00Z")
    first, second = rows(home, "bridge", *day, "--by-snapshot")
    assert (first["running_ledger"], first["difference"]) == ("0.00", "0.00")
    assert (second["running_ledger"], second["difference"]) == ("-200.00", "-0.01")
    assert (second["reserved_per_trades"], second["reserved_difference"]) == ("212.50", None)


def test_reserved_lists_the_oldest_first_and_counts_by_age(home: Path) -> None:
    assert [row["transact_id"] for row in rows(home, "reserved")] == ["t1", "t2", "t3"]
    older = rows(home, "reserved", "--over", "118m")
    assert [(row["transact_id"], row["age_s"]) for row in older] == [("t1", 7200), ("t2", 7140)]
    by_age = [row for row in rows(home, "reserved", "--by-age") if row["currency"] == "EUR"]
    assert sum(row["reserved_count"] for row in by_age) == 4


def test_webhooks_are_unknown_where_none_is_ingested(home: Path) -> None:
    day = ("--from", "2026-06-10T00:00:00Z", "--to", "2026-06-11T00:00:00Z")
    assert {row["missing_events"] for row in rows(home, "webhooks", *day)} <= {None}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("exceptions", "--kind", "lost"), "no kind 'lost'"),
        (("exceptions", "--format", "pdf"), "no format 'pdf'"),
        (("bridge", "--from", "2026-06-10T00:00:00Z"), "Missing option '--to'"),
    ],
)
def test_a_mistake_is_one_line_and_status_two(
    home: Path, arguments: tuple[str, ...], told: str
) -> None:
    status, out, err = run(home, *arguments)
    assert (status, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
