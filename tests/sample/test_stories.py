"""The stories: each is told on its dates, is seen in the records that should show it, and in no
others.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.sample.reading import at, files_of, raw_rows, rows, text_of

Rows = list[dict[str, Any]]


def june(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


@pytest.fixture(scope="module")
def quotes(sample: Path) -> Rows:
    return rows(sample, "quotes")


@pytest.fixture(scope="module")
def trades(sample: Path) -> Rows:
    return rows(sample, "trades")


def asked(quotes: Rows, pool: str, begin: datetime, end: datetime) -> Rows:
    return [q for q in quotes if q["pool_id"] == pool and begin <= at(q["requested_at"]) < end]


def share(some: Rows, field: str, value: object) -> float:
    return len([row for row in some if row.get(field) == value]) / len(some)


def test_most_quotes_are_firm_and_about_half_of_those_are_accepted(
    quotes: Rows, trades: Rows
) -> None:
    kinds = Counter(
        "errored" if "http_status" in q else q["quote_type"] if q["available"] else "unavailable"
        for q in quotes
    )
    total = sum(kinds.values())
    firm = {q["quote_id"] for q in quotes if q["available"] and q["quote_type"] == "firm"}
    accepted = {trade["quote_id"] for trade in trades}

    assert 0.68 < kinds["firm"] / total < 0.76
    assert 0.19 < kinds["indicative"] / total < 0.24
    assert 0.03 < kinds["unavailable"] / total < 0.05
    assert 0.008 < kinds["errored"] / total < 0.025
    assert accepted <= firm
    assert 0.40 < len(accepted) / len(firm) < 0.47


def test_weekends_are_quieter_and_nights_are_quiet(quotes: Rows) -> None:
    euro = [at(q["requested_at"]) for q in quotes if q["fiat_currency"] == "EUR"]
    weekend = sum(moment.weekday() >= 5 for moment in euro) / 13
    working = sum(moment.weekday() < 5 for moment in euro) / 32

    assert weekend < 0.8 * working
    assert sum(1 <= m.hour < 4 for m in euro) < 0.5 * sum(10 <= m.hour < 13 for m in euro)


def test_an_hour_of_snapshots_is_missing_everywhere(sample: Path) -> None:
    seen = {at(row["observed_at"]) for row in rows(sample, "availability")}

    assert not [moment for moment in seen if june(8, 2) <= moment < june(8, 3)]
    assert {june(8, 1, 55), june(8, 3)} <= seen


def test_the_outage_is_seen_in_snapshots_and_quotes_and_then_the_pool_reopens(
    sample: Path, quotes: Rows
) -> None:
    begin, end = june(17, 8, 15), june(17, 13, 15)
    during = asked(quotes, "EUR-USDC", begin, end)
    snapshots = {
        at(row["observed_at"]): row["available"]
        for row in rows(sample, "availability")
        if row["pool_id"] == "EUR-USDC"
    }
    refused = [q for q in during if not q["available"] and "http_status" not in q]

    assert len(refused) > 0.9 * len(during)
    assert {q["unavailable_reason"] for q in refused} == {"pool_dry", "engine_unavailable"}
    assert not any(state for moment, state in snapshots.items() if begin <= moment < end)
    assert snapshots[june(17, 8, 10)]
    assert snapshots[end]


def test_the_pricing_source_wobbles_for_three_hours(quotes: Rows) -> None:
    during = asked(quotes, "GBP-USDT", june(23, 13), june(23, 16))
    usual = asked(quotes, "GBP-USDT", june(1), june(23))

    assert share(during, "unavailable_reason", "rate_unavailable") > 0.35
    assert share(usual, "unavailable_reason", "rate_unavailable") < 0.03


def test_the_band_binds_on_its_evening_and_hardly_elsewhere(sample: Path, quotes: Rows) -> None:
    begin, midnight = june(11, 15), june(11, 22)  # midnight in Berlin: the band begins anew
    bound = [q for q in quotes if q.get("error_code") == "limit_exceeded"]
    refused = [r for r in rows(sample, "errors") if r["error_code"] == "velocity_limit_exceeded"]
    evening = [q for q in bound if q in asked(bound, "EUR-USDT", begin, midnight)]
    calls = [r for r in refused if begin <= at(r["occurred_at"]) < midnight]

    assert len(evening) > 20
    assert len(calls) > 5
    assert len(evening) > 0.9 * len(bound)
    assert {call["pool_id"] for call in calls} == {"EUR-USDT"}


def test_the_band_is_raised_at_the_program_s_midnight(sample: Path) -> None:
    before, after = [
        row
        for row in rows(sample, "limits")
        if row["limit_name"] == "daily_band" and row["pool_id"] == "EUR-USDT"
    ]

    assert before["effective_to"] == after["effective_from"] == "2026-06-15T00:00:00.000+02:00"
    assert Decimal(after["value"]) > Decimal("1.3") * Decimal(before["value"])


def test_the_slow_release_lets_quotes_expire_for_two_days(
    sample: Path, quotes: Rows, trades: Rows
) -> None:
    accepted = {trade["quote_id"] for trade in trades}

    def expired(begin: datetime, end: datetime) -> float:
        firm = [q for q in asked(quotes, "EUR-EURC", begin, end) if "quote_id" in q]
        lost = [q for q in firm if q["quote_id"] not in accepted and "rejected_at" not in q]
        return len(lost) / len(firm)

    conflicts = [
        row
        for row in rows(sample, "errors")
        if row["error_code"] == "conflict" and row.get("pool_id") == "EUR-EURC"
        if june(19) <= at(row["occurred_at"]) < june(21)
    ]
    assert expired(june(19, 6), june(21)) > 1.3 * expired(june(1), june(19))
    assert conflicts


def test_six_trades_stay_reserved_and_nearly_all_others_end(trades: Rows) -> None:
    ended = {trade["transact_id"] for trade in trades if trade["status"] != "reserved"}
    stuck = [
        trade
        for trade in trades
        if trade["transact_id"] not in ended and at(trade["created_at"]) < june(30)
    ]

    assert [at(trade["created_at"]).day for trade in stuck] == [22, 23, 24, 25, 26, 27]


def test_returned_trades_settled_first_and_no_webhook_tells_of_them(
    sample: Path, trades: Rows
) -> None:
    settled = {t["transact_id"]: at(t["status_at"]) for t in trades if t["status"] == "settled"}
    returned = [trade for trade in trades if trade["status"] == "returned"]
    planted = [
        trade
        for trade in returned
        if trade["pool_id"] == "BRL-USDT" and at(trade["created_at"]).date() == june(24).date()
    ]
    told = {row["eventType"] for row in rows(sample, "webhooks")}

    assert len(planted) >= 4
    assert all(settled[trade["transact_id"]] < at(trade["status_at"]) for trade in returned)
    assert told == {f"pool.transaction.{end}" for end in ("settled", "failed", "released")}


def test_webhooks_are_retried_and_two_are_dead_lettered(sample: Path) -> None:
    attempts: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows(sample, "webhooks"):
        attempts[row["eventId"]].append((row["attempt"], row["outcome"]))
    histories = Counter(tuple(sorted(history)) for history in attempts.values())
    dead = (*((number, "failed") for number in range(1, 5)), (5, "dead_lettered"))

    assert histories[dead] == 2
    assert histories[((1, "failed"), (2, "delivered"))] > 5
    assert set(histories) == {
        dead,
        ((1, "delivered"),),
        ((1, "failed"), (2, "delivered")),
    }


def test_orders_and_trades_miss_each_other_where_planted(sample: Path, trades: Rows) -> None:
    ordered = {row.get("transact_id"): row for row in rows(sample, "orders")}
    traded = {trade["transact_id"] for trade in trades}

    assert len(traded - ordered.keys()) == 2
    assert ordered.keys() - traded == {None}


def test_late_records_come_in_files_of_their_own(sample: Path) -> None:
    for kind, field in (("quotes", "requested_at"), ("trades", "created_at")):
        (late,) = [path for path in files_of(sample, kind) if "-late." in path.name]
        found = list(raw_rows(late))
        assert found
        assert all(june(13, 14) <= at(row[field]) < june(13, 16) for row in found)
        assert {row["pool_id"] for row in found} == {"GBP-USDT"}


def test_a_file_is_delivered_twice(sample: Path) -> None:
    (again,) = sample.glob("*-redelivered.*")

    assert again.read_bytes() == (sample / again.name.replace("-redelivered", "")).read_bytes()


def test_rejected_quotes_were_first_seen_without_their_rejection(sample: Path) -> None:
    (again,) = [path for path in files_of(sample, "quotes") if "-seen-again." in path.name]
    first = {
        row["request_id"]: row
        for path in files_of(sample, "quotes")
        if path != again
        for row in raw_rows(path)
    }
    found = list(raw_rows(again))

    assert found
    for row in found:
        rejected = row.pop("rejected_at")
        assert rejected > row["requested_at"]
        assert first[row["request_id"]] == row


def test_contradictions_are_planted(sample: Path, quotes: Rows, trades: Rows) -> None:
    (quote,) = next(iter(_wrong(sample, "quotes")))
    other, failed = next(iter(_wrong(sample, "trades")))
    known = next(q for q in quotes if q["request_id"] == quote["request_id"])
    states = {
        t["status"]: t["fiat_amount"] for t in trades if t["transact_id"] == other["transact_id"]
    }

    assert {**known, "fiat_amount": ""} == {**quote, "fiat_amount": ""}
    assert known["fiat_amount"] != quote["fiat_amount"]
    assert other["status"] == "settled"
    assert other["fiat_amount"] != states["settled"]
    assert failed["status"] == "failed"
    assert set(states) == {"reserved", "settled"}


def _wrong(sample: Path, kind: str) -> list[Rows]:
    return [
        [json.loads(line) for line in text_of(path).splitlines()]
        for path in sample.glob(f"{kind}-*-contradictions.*")
    ]


def test_tickets_are_updated_and_some_stay_open(sample: Path, trades: Rows) -> None:
    tickets: dict[str, Rows] = defaultdict(list)
    for row in rows(sample, "tickets"):
        tickets[row["ticket_id"]].append(row)
    last = [max(history, key=lambda row: row["updated_at"]) for history in tickets.values()]

    assert {row["ticket_type"] for row in last} == {"escalation", "complaint", "incident"}
    assert any(len(history) > 3 for history in tickets.values())
    assert {row["closed_at"] is None for row in last} == {True, False}
    named = {row["transact_id"] for row in last} - {None}
    assert len(named) == 2
    assert named <= {trade["transact_id"] for trade in trades}


def test_nothing_happens_after_the_last_day(sample: Path) -> None:
    for kind, field in (
        ("quotes", "requested_at"),
        ("trades", "status_at"),
        ("ledger", "created_at"),
        ("errors", "occurred_at"),
        ("webhooks", "occurredAt"),
        ("balances", "observed_at"),
        ("availability", "observed_at"),
    ):
        newest = max(at(row[field]) for row in rows(sample, kind))
        assert june(29) < newest < datetime(2026, 7, 1, tzinfo=UTC), kind
