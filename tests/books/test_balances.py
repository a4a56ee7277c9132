"""A balance is what its newest snapshot says while that is not too old, and nothing else.

Goal: what stands now equals the raw records at any instant and the metric layer's own balances; an
old or missing snapshot gives no amount and says which it is; the drawn history loses no low and
bridges no gap; floor and target follow their own history. Method: random small books read in plain
Python, and snapshots, limits and pay-ins by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.books.ageing import reserved_trades_table
from pipelines.books.balances import (
    balance_history_table,
    balance_limits_table,
    pay_ins_table,
    standing_balances_table,
)
from pipelines.metrics.marks import UnalignedInstantError
from pipelines.serving import opened
from pipelines.utilization import windows_table
from pipelines.windows import Window
from tests.books.ledgers import (
    OWNER,
    START,
    Record,
    at,
    available_of,
    entry,
    instant,
    observation,
    random_book,
    snapshot,
)
from tests.warehouse import ingest_world, place_of

Row = dict[str, Any]
DAY = timedelta(days=1)


def moment(minutes: float) -> datetime:
    return instant(at(minutes)).astimezone(UTC)


def limit(name: str, value: str, start: float, end: float | None = None, **keys: str) -> Record:
    """A limit of the currency from some minutes after the start on."""
    return {
        **OWNER,
        "limit_name": name,
        "value": value,
        "currency": "EUR",
        "effective_from": at(start),
        "effective_to": None if end is None else at(end),
        **keys,
    }


def standing(home: Path, as_of: datetime, max_age: timedelta = DAY) -> dict[str, Row]:
    with opened(place_of(home)) as build:
        table = standing_balances_table(build.connection, as_of=as_of, balance_max_age=max_age)
    return {row["currency"]: row for row in table.to_pylist()}


def history(home: Path, window: Window, max_age: timedelta = DAY, most: int = 300) -> list[Row]:
    with opened(place_of(home)) as build:
        return balance_history_table(
            build.connection, window, as_of=window.end, balance_max_age=max_age, most=most
        ).to_pylist()


@pytest.mark.parametrize("seed", range(3))
def test_what_stands_is_the_last_snapshot_before_any_instant(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    book = random_book(random)
    ingest_world(tmp_path, book)
    for _ in range(6):
        as_of = START + timedelta(seconds=random.randrange(60, 345_600))
        max_age = timedelta(minutes=random.randrange(10, 600))
        for currency, row in standing(tmp_path, as_of, max_age).items():
            before = [
                each
                for each in book["balances"]
                if each["currency"] == currency and instant(each["observed_at"]) < as_of
            ]
            if not before:
                assert (row["state"], row["observed_at"]) == ("none", None)
                assert row["balance_available"] is None
                continue
            last = max(before, key=lambda each: instant(each["observed_at"]))
            observed_at = instant(last["observed_at"])
            assert row["observed_at"] == observed_at
            assert row["age_s"] == (as_of - observed_at) // timedelta(seconds=1)
            is_old = as_of - observed_at > max_age
            assert row["state"] == ("old" if is_old else "known")
            assert row["balance_available"] == (None if is_old else available_of(last))
            if last["available_for_new_quotes"] is None:
                assert row["basis"] == "visible_balance"
            else:
                assert row["basis"] == "available_for_new_quotes"


def test_what_stands_is_what_the_metric_layer_says(tmp_path: Path) -> None:
    ingest_world(tmp_path, random_book(Random(7)))
    with opened(place_of(tmp_path)) as build:
        for hours in (30, 60, 96):
            as_of = START + timedelta(hours=hours)
            window = Window(START - DAY, as_of, "shown")
            rows = windows_table(build.connection, [window], as_of=as_of).to_pylist()
            mine = standing(tmp_path, as_of)
            assert rows
            for row in rows:
                for figure in ("balance_visible", "balance_reserved", "balance_available"):
                    assert mine[row["currency"]][figure] == row[figure]


def test_a_currency_that_trades_without_a_snapshot_is_there_and_unknown(tmp_path: Path) -> None:
    ingest_world(tmp_path, {"trades": [observation(1, "reserved", 0, 0)]})
    row = standing(tmp_path, moment(60))["EUR"]
    assert row["state"] == "none"
    assert {row[name] for name in ("balance_available", "age_s", "basis", "above_floor")} == {None}


def test_floor_and_target_are_those_in_force_of_the_whole_currency(tmp_path: Path) -> None:
    limits = [
        limit("balance_floor", "100", -100, 60),
        limit("balance_floor", "150", 30),
        limit("balance_floor", "999", -100, pool_id="EUR-USDT"),
        limit("balance_target", "400", 60),
    ]
    ingest_world(tmp_path, {"balances": [snapshot(0, "350")], "limits": limits})
    before, at_once, after = (standing(tmp_path, moment(m))["EUR"] for m in (10, 30, 60))
    assert (before["balance_floor"], before["balance_target"]) == (100, None)
    assert (before["above_floor"], before["below_target"]) == (250, None)
    assert (at_once["balance_floor"], at_once["balance_target"]) == (150, None)
    assert (after["above_floor"], after["below_target"]) == (200, 50)


def test_steps_of_floor_and_target_follow_their_history_within_the_window(tmp_path: Path) -> None:
    limits = [
        limit("balance_floor", "100", -100, 60),
        limit("balance_floor", "150", 30, 90),
        limit("balance_target", "400", 500),
    ]
    ingest_world(tmp_path, {"balances": [snapshot(0, "350")], "limits": limits})
    window = Window(moment(15), moment(120), "shown")
    with opened(place_of(tmp_path)) as build:
        rows = balance_limits_table(build.connection, window, as_of=moment(75)).to_pylist()
    steps = [(row["in_force_from"], row["in_force_to"], row["value"]) for row in rows]
    assert steps == [
        (moment(15), moment(30), Decimal(100)),
        (moment(30), moment(60), Decimal(150)),
        (moment(60), moment(75), Decimal(150)),
    ]


def test_a_history_of_few_snapshots_is_all_of_them_from_the_windows_start(tmp_path: Path) -> None:
    book = {"balances": [snapshot(m, str(100 + m)) for m in (-30, 30, 90, 200)]}
    ingest_world(tmp_path, book)
    rows = history(tmp_path, Window(moment(0), moment(120), "shown"))
    assert [(row["holds_from"], row["balance_available"]) for row in rows] == [
        (moment(0), Decimal(70)),
        (moment(30), Decimal(130)),
        (moment(90), Decimal(190)),
    ]
    assert {row["known_to"] for row in rows} == {moment(120)}


def test_a_gap_longer_than_the_greatest_age_parts_the_history(tmp_path: Path) -> None:
    ingest_world(tmp_path, {"balances": [snapshot(m, "100") for m in (-500, 0, 50, 200)]})
    rows = history(tmp_path, Window(moment(0), moment(400), "s"), timedelta(minutes=60))
    assert [(row["stretch_no"], row["holds_from"], row["known_to"]) for row in rows] == [
        (0, moment(0), moment(110)),
        (0, moment(50), moment(110)),
        (1, moment(200), moment(260)),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_thinned_history_keeps_its_first_its_last_and_every_parts_lowest(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    amounts = {m: Decimal(random.randrange(1, 10**6)) / 100 for m in range(0, 2880, 7)}
    ingest_world(tmp_path, {"balances": [snapshot(m, str(a)) for m, a in amounts.items()]})
    window, most = Window(moment(0), moment(2880), "shown"), 41
    rows = history(tmp_path, window, most=most)
    kept = {row["observed_at"]: row["balance_available"] for row in rows}
    assert len(kept) <= most < len(amounts)
    assert {row["snapshots"] for row in rows} == {len(amounts)}
    assert kept.items() <= {moment(m): a for m, a in amounts.items()}.items()
    assert {moment(0), moment(max(amounts))} <= kept.keys()
    part = window.length / 20
    for number in range(20):
        inside = {m: a for m, a in amounts.items() if (moment(m) - window.start) // part == number}
        assert min(inside.values()) in kept.values()
        assert kept[moment(max(inside))] == inside[max(inside)]


def test_pay_ins_are_told_by_quarter_of_an_hour_and_by_longer_parts_where_many(
    tmp_path: Path,
) -> None:
    ledger = [entry(n, 20 * n, "10.5") for n in range(30)] + [
        entry(99, 1, "-3", reason="buy_debit")
    ]
    ingest_world(tmp_path, {"ledger": ledger})
    window = Window(moment(0), moment(600), "shown")
    with opened(place_of(tmp_path)) as build:
        fine = pay_ins_table(build.connection, window, as_of=window.end).to_pylist()
        coarse = pay_ins_table(build.connection, window, as_of=window.end, most=5).to_pylist()
        with pytest.raises(UnalignedInstantError):
            pay_ins_table(build.connection, window, as_of=moment(7))
    assert len(fine) == 30
    assert fine[1]["first_at"] == fine[1]["last_at"] == moment(15)
    assert len(coarse) == 5
    for rows in (fine, coarse):
        assert sum(row["amount"] for row in rows) == Decimal("315")
        assert sum(row["entries"] for row in rows) == 30


def test_the_list_of_reserved_trades_can_be_of_some_pools(tmp_path: Path) -> None:
    trades = [
        observation(1, "reserved", 0, 0),
        observation(2, "reserved", 1, 1, currency="GBP"),
        observation(3, "settled", 600, 2),
    ]
    ingest_world(tmp_path, {"trades": trades})
    with opened(place_of(tmp_path)) as build:
        assert build.watermark is not None
        asked = {"as_of": build.watermark}
        every = reserved_trades_table(build.connection, **asked).to_pylist()
        some = reserved_trades_table(build.connection, pools=["GBP-USDT"], **asked).to_pylist()
    assert [row["transact_id"] for row in every][:2] == ["t-1", "t-2"]
    assert [row["transact_id"] for row in some] == ["t-2"]
