"""The sample's books: balances follow the ledger to the cent on every day but the planted one, what
is reserved is what trades say, and the ledger's faults are exactly the planted ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.sample import write_sample
from tests.sample.reading import at, rows

LEFT = ("settled", "failed", "released")


@pytest.fixture(scope="module", params=[60, 500, 3_000])
def sized(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sized") / "records"
    write_sample(folder, days=30, quotes_per_day=request.param, packed=False)
    return folder


def trades_of(folder: Path) -> dict[str, dict[str, Any]]:
    """One row per trade, with the time of each status."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows(folder, "trades"):
        trade = found.setdefault(row["transact_id"], {**row, "times": {}})
        trade["times"][row["status"]] = at(row["status_at"])
    return found


def test_each_day_of_a_balance_is_explained_by_its_ledger_but_the_planted_one(sized: Path) -> None:
    moved: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
    for entry in rows(sized, "ledger"):
        # A day's snapshot at 23:30 holds what came before it.
        day = (at(entry["created_at"]) + timedelta(minutes=30)).date()
        moved[entry["currency"], day] += Decimal(entry["delta"])
    closing = {
        (row["currency"], at(row["observed_at"]).date()): Decimal(row["available_for_new_quotes"])
        for row in rows(sized, "balances")
        if at(row["observed_at"]).strftime("%H:%M") == "23:30"
    }
    unexplained = [
        (currency, day)
        for (currency, day), balance in closing.items()
        if balance
        != closing.get((currency, day - timedelta(days=1)), Decimal(0)) + moved[currency, day]
    ]
    assert unexplained == [("EUR", date(2026, 6, 9))]


def test_a_balance_is_visible_as_what_is_free_and_what_is_reserved(sized: Path) -> None:
    trades = trades_of(sized).values()
    for row in rows(sized, "balances"):
        free, held = Decimal(row["available_for_new_quotes"]), Decimal(row["reserved_amount"])
        assert Decimal(row["visible_balance"]) == free + held
        moment = at(row["observed_at"])
        if moment.hour == 15 and moment.minute == 0:
            reserved = [
                Decimal(trade["fiat_amount"])
                for trade in trades
                if trade["fiat_currency"] == row["currency"]
                and at(trade["created_at"]) < moment
                and not any(t < moment for s, t in trade["times"].items() if s in LEFT)
            ]
            assert held == sum(reserved), (row, reserved)


def test_no_balance_is_ever_overdrawn(sized: Path) -> None:
    for row in rows(sized, "balances"):
        assert Decimal(row["available_for_new_quotes"]) >= 0


def test_the_ledger_has_exactly_the_planted_faults(sized: Path) -> None:
    trades = {trade["quote_id"]: trade for trade in trades_of(sized).values()}
    debits: dict[str, list[Decimal]] = defaultdict(list)
    refunds: dict[str, list[Decimal]] = defaultdict(list)
    for entry in rows(sized, "ledger"):
        if entry["reason"] == "buy_debit":
            debits[entry["ref"]].append(-Decimal(entry["delta"]))
        elif entry["reason"] == "buy_refund":
            refunds[entry["ref"]].append(Decimal(entry["delta"]))
    amount = {quote: Decimal(trade["fiat_amount"]) for quote, trade in trades.items()}
    undone = {
        quote
        for quote, trade in trades.items()
        if trade["times"].keys() & {"failed", "released", "returned"}
    }

    assert len(trades.keys() - debits.keys()) == 3
    assert len(debits.keys() - trades.keys()) == 1
    assert [len(found) for found in debits.values() if len(found) > 1] == [2]
    off = [found[0] - amount[quote] for quote, found in debits.items() if quote in amount]
    assert [difference for difference in off if difference] == [Decimal("0.01")]
    assert len(undone - refunds.keys()) == 1
    assert not refunds.keys() - undone
    assert all(found == [amount[quote]] for quote, found in refunds.items())


def test_pay_ins_of_one_currency_carry_no_entry_id(sample: Path) -> None:
    nameless = [entry for entry in rows(sample, "ledger") if not entry["entry_id"]]

    assert nameless
    assert {(entry["currency"], entry["reason"]) for entry in nameless} == {("BRL", "payin_credit")}


def test_the_balance_runs_dry_once_and_a_transfer_follows_twelve_hours_later(sized: Path) -> None:
    begin = datetime(2026, 6, 23, tzinfo=UTC)
    refused = [
        at(row["occurred_at"])
        for row in rows(sized, "errors")
        if row["http_status"] == 402 and at(row["occurred_at"]) >= begin
        if row["pool_id"].startswith("EUR")
    ]
    pay_ins = [
        at(row["created_at"])
        for row in rows(sized, "ledger")
        if row["reason"] == "payin_credit" and row["currency"] == "EUR"
    ]
    assert refused
    first = min(refused)
    assert not [moment for moment in pay_ins if begin <= moment < first]
    assert min(moment for moment in pay_ins if moment > first) == first + timedelta(hours=12)


def test_no_day_trades_more_than_its_band(sized: Path) -> None:
    bands = [row for row in rows(sized, "limits") if row["limit_name"] == "daily_band"]
    used: Counter[tuple[str, date]] = Counter()
    for trade in trades_of(sized).values():
        offset = timedelta(hours=-3 if trade["fiat_currency"] == "BRL" else 2)
        cents = int(Decimal(trade["fiat_amount"]) * 100)
        used[trade["pool_id"], (at(trade["created_at"]) + offset).date()] += cents
    for (pool, day), cents in used.items():
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        band = next(
            Decimal(row["value"])
            for row in bands
            if row["pool_id"] == pool
            and at(row["effective_from"]) <= noon
            and (not row["effective_to"] or noon < at(row["effective_to"]))
        )
        assert cents <= band * 100
        if (pool, day) == ("EUR-USDT", date(2026, 6, 11)):
            assert cents > band * 90
