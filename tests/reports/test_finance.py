"""The Finance page's tables and chart data say what the core says, and say what is not known.

Goal: no amount is shown that nobody told, unknown, zero and below-the-floor read differently, the
bars of a bridge meet and carry what is unexplained, gaps stay gaps, and a rate over few trades
carries its interval. Method: rows as the core gives them, written by hand, and the words or chart
tables made of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.books.exceptions import KINDS
from pipelines.periods import Period
from pipelines.windows import Window
from reports import balances, bridge, charts_finance, exceptions, reserved, webhooks
from reports import format as text
from reports.books_words import AGES, EXCEPTIONS
from reports.found import Found, Row

START = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PERIOD = Period("7d", "UTC", Window(START, START + 7 * DAY, "period"), START + 8 * DAY, False)
MONEY = pa.decimal128(38, 8)


def found(*rows: Row) -> Found:
    """An answer of the core: amounts stay exact."""
    columns = {
        name: pa.array(
            values := [row[name] for row in rows],
            MONEY if any(isinstance(value, Decimal) for value in values) else None,
        )
        for name in rows[0]
    }
    return Found(pa.table(columns))


def standing(**changes: Any) -> Row:
    row = {
        "currency": "EUR",
        "state": "known",
        "observed_at": START,
        "age_s": 600,
        "basis": "available_for_new_quotes",
        "balance_visible": Decimal("120.50"),
        "balance_reserved": Decimal("20.50"),
        "balance_available": Decimal("100.00"),
        "balance_floor": Decimal("40"),
        "balance_target": Decimal("250"),
        "above_floor": Decimal("60"),
        "below_target": Decimal("150"),
    }
    return {**row, **changes}


def standing_html(**changes: Any) -> str:
    html = balances.standing_table(found(standing(**changes)), None, START, "UTC", DAY)
    return html.replace(text.SPACE, " ")


def test_a_known_balance_is_told_with_its_floor_its_target_and_its_snapshot() -> None:
    html = standing_html()
    for words in (
        "100.00",
        "120.50",
        "20.50",
        "60.00 above it",
        "150.00 to go",
        "10 min old",
        "pu-meter",
    ):
        assert words in html
    assert "pu-flagged" not in html


@pytest.mark.parametrize(("state", "said"), [("none", "no snapshot"), ("old", "older than 1 d")])
def test_an_unknown_balance_says_why_and_shows_no_amount(state: str, said: str) -> None:
    unknown = ("balance_visible", "balance_reserved", "balance_available", "above_floor")
    nothing = dict.fromkeys((*unknown, "below_target"))
    observed_at = None if state == "none" else START - 2 * DAY
    html = standing_html(state=state, observed_at=observed_at, age_s=172_800, **nothing)
    assert said in html
    assert "100.00" not in html
    assert "pu-meter" not in html
    assert "not known whether it is kept" in html


def test_a_balance_below_its_floor_is_flagged_in_words_too() -> None:
    html = standing_html(balance_available=Decimal(30), above_floor=Decimal(-10))
    assert "below it by 10.00" in html
    assert "pu-flagged" in html


def test_a_balance_without_limits_is_not_held_against_any() -> None:
    html = standing_html(
        balance_floor=None, balance_target=None, above_floor=None, below_target=None
    )
    assert "no floor in force" in html
    assert "no target in force" in html
    assert "pu-meter" not in html


def snapshot(hours: int, amount: str, stretch: int = 0, known_to: int = 24) -> Row:
    return {
        "currency": "EUR",
        "observed_at": START + hours * HOUR,
        "holds_from": START + hours * HOUR,
        "known_to": START + known_to * HOUR,
        "stretch_no": stretch,
        "balance_available": Decimal(amount),
        "snapshots": 3,
    }


def step(name: str, value: str) -> Row:
    return {
        "currency": "EUR",
        "limit_name": name,
        "in_force_from": START,
        "in_force_to": START + 7 * DAY,
        "value": Decimal(value),
    }


PAID = {
    "currency": "EUR",
    "first_at": START + HOUR,
    "last_at": START + HOUR,
    "entries": 2,
    "amount": Decimal("75.5"),
}
SNAPSHOTS = found(snapshot(0, "10", 0, 5), snapshot(2, "4.00000001", 0, 5), snapshot(9, "7", 1))
STEPS = found(step("balance_floor", "5"), step("balance_target", "9"))


def test_the_drawn_balance_ends_where_it_was_no_longer_known() -> None:
    drawn = balances.history(SNAPSHOTS, STEPS, found(PAID), "EUR", PERIOD).to_pylist()
    line = [
        (row["at"].hour, row["value"], row["stretch"])
        for row in drawn
        if row["series"] == balances.AVAILABLE
    ]
    assert [each[0] for each in line] == [0, 2, 5, 9, 0]
    assert [each[2] for each in line] == [0, 0, 0, 1, 1]
    assert {row["amount"] for row in drawn if row["series"] == balances.FLOOR} == {"5.00 EUR"}
    (paid,) = [row for row in drawn if row["series"] == balances.PAY_IN]
    assert paid["amount"] == "75.50 EUR in 2 pay-ins"
    assert "4.00000001 EUR" in {row["amount"] for row in drawn}


def test_the_lowest_is_told_with_the_floor_of_its_time() -> None:
    words = balances.history_words(SNAPSHOTS, STEPS, "EUR", "UTC")
    assert words == "lowest 4.00 EUR on 1 Jun 2026, 02:00, below the floor of 5.00"
    assert balances.history_words(SNAPSHOTS, STEPS, "GBP", "UTC") == ""


def bridged(day: int = 0, **changes: Any) -> Row:
    row = {
        "currency": "EUR",
        "window_start": START + day * DAY,
        "window_end": START + (day + 1) * DAY,
        "opening": Decimal(100),
        "pay_ins": Decimal(50),
        "debits": Decimal(30),
        "refunds": Decimal(5),
        "unexplained": Decimal("-0.00000001"),
        "closing": Decimal("124.99999999"),
        "opening_basis_at": START,
        "closing_basis_at": START,
    }
    return {**row, **changes}


def test_the_bars_of_a_bridge_meet_and_end_at_the_closing_balance() -> None:
    bars = bridge.waterfall(found(bridged()), "EUR")
    assert bars is not None
    rows = bars.to_pylist()
    assert [row["part"] for row in rows] == list(bridge.PARTS)
    assert [(row["low"], row["high"]) for row in rows[:4]] == [
        (0, 100),
        (100, 150),
        (120, 150),
        (120, 125),
    ]
    unexplained = rows[4]
    assert (unexplained["amount"], unexplained["label"]) == ("-0.00000001 EUR", "! -0.00000001")
    assert rows[5]["high"] == float(Decimal("124.99999999"))


def test_a_bridge_without_a_balance_to_stand_on_is_not_drawn_and_says_so() -> None:
    row = bridged(opening=None, unexplained=None, opening_basis_at=None)
    assert bridge.waterfall(found(row), "EUR") is None
    assert bridge.waterfall(found(row), "USD") is None
    (said,) = bridge.unknown_words(found(row), None)
    assert said.startswith("EUR: the opening balance is not known")


def test_a_carried_closing_balance_is_said_to_be_one() -> None:
    row = found(bridged(unexplained=None))
    (said,) = bridge.unknown_words(row, None)
    assert "no snapshot falls into the period" in said
    bars = bridge.waterfall(row, "EUR")
    assert bars is not None
    assert bars.to_pylist()[4]["amount"] == "not known"
    assert "not known: no snapshot of its own" in bridge.bridge_table(row, None, "UTC")


def test_the_smallest_unexplained_amount_is_flagged_and_zero_is_not() -> None:
    assert "! -0.00000001" in bridge.bridge_table(found(bridged()), None, "UTC")
    tied = bridge.bridge_table(found(bridged(unexplained=Decimal(0))), None, "UTC")
    assert "ties out" in tied
    assert "pu-flagged" not in tied


def test_the_days_that_do_not_tie_out_are_shown_and_counted() -> None:
    days = [bridged(day, unexplained=Decimal(0)) for day in range(40)]
    days[3]["unexplained"] = Decimal(7)
    days[5]["unexplained"] = None
    answer = found(*days)
    shown = bridge.days_shown(answer, None)
    assert [row["window_start"] for row in shown] == [START + 5 * DAY, START + 3 * DAY]
    assert "**38 of 39 days tie out**" in bridge.days_words(answer, None)
    assert "Of 1 it is not known. The table shows those" in bridge.days_words(answer, None)
    whole = found(*days[:3])
    assert bridge.days_shown(whole, None) == []
    assert "The table" not in bridge.days_words(whole, None)
    verdicts = bridge.every_day(answer, None, PERIOD).column("Ties out").to_pylist()
    assert (verdicts.count("yes"), verdicts.count("no"), verdicts.count("not known")) == (38, 1, 1)


def reconciled(**changes: Any) -> Row:
    row = {
        "currency": "EUR",
        "trades": 30,
        "pending_trades": 1,
        "untied_trades": 1,
        "weak_matches": 0,
        "match_rate": Decimal("0.965517"),
        "open_exceptions": 1,
        "pending_exceptions": 1,
        "open_under_1d": 1,
        "open_1d_to_3d": 0,
        "open_3d_to_7d": 0,
        "open_over_7d": 0,
        "value_at_risk": Decimal("12.5"),
        "open_without_amount": 0,
    }
    return {**row, **changes}


def test_a_match_rate_over_few_trades_is_greyed_and_carries_its_interval() -> None:
    few = exceptions.reconciliation_table(found(reconciled()), None).replace(text.SPACE, " ")
    assert "28 of 29" in few
    assert "95 %: 82.8 % to 99.4 %" in few
    assert "pu-muted" in few.partition("28 of 29")[0].rpartition("<td")[2]
    many = exceptions.reconciliation_table(found(reconciled(trades=31)), None)
    assert "95" + text.SPACE + "%:" not in many


def test_a_match_rate_of_nothing_is_unknown_and_no_amount_is_not_zero() -> None:
    row = reconciled(trades=None, match_rate=None, value_at_risk=None, open_without_amount=1)
    html = exceptions.reconciliation_table(found(row, reconciled(currency=None)), None)
    assert "nothing compared" in html
    assert "1 of 1 state no amount" in html
    assert exceptions.NO_CURRENCY in html


def test_every_kind_of_exception_has_a_name_a_meaning_and_something_to_do() -> None:
    assert set(EXCEPTIONS) == set(KINDS)
    for words in EXCEPTIONS.values():
        assert len(words) == 3
        assert all(sentence.endswith(".") for sentence in words[1:])


def exception(**changes: Any) -> Row:
    row = {
        "kind": "debit_without_trade",
        "state": "open",
        "match": "none",
        "pool_id": None,
        "currency": "EUR",
        "amount": Decimal(9),
        "event_at": START,
        "age_s": 90_000,
        "transact_id": None,
        "quote_id": None,
        "entry_id": "le_1",
        "partner_reference": None,
        "candidates": ["pt_7", "pt_8"],
    }
    return {**row, **changes}


def test_an_exception_is_listed_with_its_ids_and_its_candidates() -> None:
    html = exceptions.exceptions_table([exception()], "open", "UTC")
    for words in (
        "Debit without trade",
        "9.00 EUR",
        "le_1",
        "could be pt_7, pt_8",
        "no counterpart",
    ):
        assert words in html
    weak = exceptions.exceptions_table([exception(match="weak", candidates=[])], "open", "UTC")
    assert "amount and time only: weak" in weak


def test_exceptions_are_narrowed_to_currencies_and_kinds_and_those_of_none_stay() -> None:
    answer = Found(
        pa.Table.from_pylist(
            [
                exception(),
                exception(currency="GBP"),
                exception(currency=None, kind="order_without_trade", amount=None),
            ]
        )
    )
    kept = exceptions.of_currencies(answer, ("EUR",))
    assert [row["currency"] for row in kept] == ["EUR", None]
    assert exceptions.of_currencies(answer, None, ["order_without_trade"]) == [kept[1]]
    assert exceptions.kinds_of(kept) == ["debit_without_trade", "order_without_trade"]


def held(age: str, notional: str, count: int, pool: str = "EUR-USDT") -> Row:
    return {
        "pool_id": pool,
        "currency": "EUR",
        "age": age,
        "reserved_count": count,
        "reserved_notional": Decimal(notional),
        "oldest_age_s": 7200 if count else None,
    }


def test_what_is_reserved_is_stacked_by_age_and_what_is_not_is_zero() -> None:
    rows = [held(age, "0", 0) for age in AGES]
    rows[1] = held("1h-24h", "12.5", 2)
    answer = found(*rows)
    assert reserved.currencies_reserved(answer, ("EUR-USDT",)) == ("EUR",)
    assert reserved.currencies_reserved(answer, ("GBP-USDT",)) == ()
    (bar,) = reserved.ageing(answer, ("EUR-USDT",), "EUR").to_pylist()
    assert (bar["age"], bar["amount"], bar["trades"]) == ("1 h to 24 h", "12.50 EUR", 2)
    html = reserved.ageing_table(answer, ("EUR-USDT",))
    assert "2 trades" in html
    assert html.count("0.00") == 8  # a figure and its exact hover, for each of the other ages


def test_webhooks_before_any_attempt_are_unknown_and_missing_ones_are_flagged() -> None:
    names = (
        "events", "delivered_events", "duplicated_events", "failed", "dead_lettered",
        "bad_signature", "missing_events", "delay_p50_within_s", "delay_p95_within_s",
        "longest_delay_s",
    )  # fmt: skip
    unknown: Row = {"event_type": "pool.transaction.failed", **dict.fromkeys(names)}
    known = {**dict.fromkeys(names, 3), "event_type": "pool.transaction.settled"}
    html = webhooks.health_table(found(unknown, known))
    assert html.index("Trade settled") < html.index("Trade failed")
    assert html.count("pu-flagged") == 1
    assert html.partition("Trade failed")[2].count(text.UNKNOWN) == 8


@pytest.mark.parametrize(
    "spec",
    [
        charts_finance.history(),
        charts_finance.bridge(),
        charts_finance.reserved(2),
        charts_finance.open_exceptions(3),
    ],
)
def test_charts_hold_no_data_and_name_only_columns(spec: dict[str, Any]) -> None:
    assert "data" not in str(sorted(spec))
    tables = [
        balances.history(SNAPSHOTS, STEPS, found(PAID), "EUR", PERIOD),
        bridge.waterfall(found(bridged()), "EUR"),
        reserved.ageing(found(held("<=1h", "1", 1)), ("EUR-USDT",), "EUR"),
        exceptions.ageing(found(reconciled()), None),
    ]
    columns = [set(table.column_names) for table in tables if table is not None]
    fields = set(_fields(spec))
    assert any(fields <= names for names in columns)


def _fields(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["field"]] if "field" in part else []
        return own + [name for value in part.values() for name in _fields(value)]
    if isinstance(part, list):
        return [name for value in part for name in _fields(value)]
    return []
