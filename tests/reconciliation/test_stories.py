"""One story at a time: what a reader of the books would call a break, and what not. Each world
goes through the ordinary ingestion, and its exceptions are read from what was published."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.evidence import evidence
from tests.reconciliation.stories import (
    OWNER,
    at,
    clock,
    entry,
    exceptions,
    kinds,
    load,
    trade,
)
from tests.warehouse import Record, place_of, settings_of

DAY = 24 * 60
TICK = 1 / 60_000_000
"""A microsecond, in minutes."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def order(number: int, minutes: float, **more: Any) -> Record:
    told = {"partner_reference": f"o{number}", "pool_id": "EUR-USDT", "status": "completed"}
    return {**OWNER, **told, "created_at": at(minutes), **more}


def test_books_that_tie_out_have_no_exception(home: Path) -> None:
    load(
        home,
        {
            "trades": [
                *trade(1, 0, ends="settled"),
                *trade(2, 1, ends="failed"),
                *trade(3, 2, ends="released"),
                *trade(4, 3, ends="returned"),
                *trade(5, 4),
            ],
            "ledger": [
                *(entry(n, n - 1, "-100.00", f"q{n}") for n in range(1, 6)),
                *(entry(f"{n}r", n + 2, "100.00", f"q{n}") for n in (2, 3, 4)),
            ],
        },
        clock(120),
    )
    assert exceptions(home, "open", "pending", "resolved") == []


@pytest.mark.parametrize(
    ("ends", "entries", "expected"),
    [
        ("settled", [], ["trade_without_debit"]),
        ("failed", [("-100.00", 0)], ["trade_without_refund"]),
        ("released", [("-100.00", 0)], ["trade_without_refund"]),
        ("returned", [("-100.00", 0)], ["trade_without_refund"]),
        ("settled", [("-100.00", 0), ("100.00", 3)], ["refund_without_trade"]),
        ("", [("-100.00", 0), ("100.00", 3)], ["refund_without_trade"]),
        ("settled", [("-100.01", 0)], ["amount_mismatch"]),
        ("failed", [("-100.00", 0), ("99.99", 1)], ["amount_mismatch"]),
        ("settled", [("-100.00", 0), ("-100.00", 4)], ["duplicate_entry"]),
        ("failed", [("-100.00", 0), ("100.00", 1), ("100.00", 5)], ["duplicate_entry"]),
        ("settled", [("-60.00", 0), ("-40.00", 1)], []),
        ("settled", [("-60.00", 0), ("-30.00", 1)], ["amount_mismatch"]),
        ("settled", [("-100.00", 0), ("-0.01", 1)], ["amount_mismatch"]),
        ("settled", [("-60.00", 0), ("-60.00", 1)], ["amount_mismatch", "duplicate_entry"]),
        ("settled", [("-100.00", 0), ("-100.00", 4), ("100.00", 5)], []),
        ("failed", [("-100.00", 0), ("-100.00", 1), ("100.00", 2), ("100.00", 3)], []),
    ],
)
def test_what_the_ledger_tells_of_a_trade(
    home: Path, ends: str, entries: list[tuple[str, float]], expected: list[str]
) -> None:
    told = [entry(n, minutes, delta, "q1") for n, (delta, minutes) in enumerate(entries)]
    load(home, {"trades": trade(1, 0, ends=ends), "ledger": told}, clock(120))
    assert [kind for kind, state in kinds(home) if state == "open"] == expected


def test_a_difference_is_what_the_ledger_has_too_much(home: Path) -> None:
    load(
        home,
        {
            "trades": [*trade(1, 0), *trade(2, 1), *trade(3, 2)],
            "ledger": [
                entry(1, 0, "-100.01", "q1"),
                entry(2, 1, "-99.00", "q2"),
                entry(3, 2, "-100.00", "q3", currency="USD"),
            ],
        },
        clock(120),
    )
    assert [(row["currency"], row["amount"]) for row in exceptions(home)] == [
        ("EUR", Decimal("-0.01")),
        ("EUR", Decimal("1.00")),
        ("EUR", Decimal("100.00")),
    ]


def test_entries_of_another_currency_never_mix_with_the_trades_own(home: Path) -> None:
    in_dollars = {"currency": "USD"}
    load(
        home,
        {
            "trades": [*trade(1, 0, ends="failed"), *trade(2, 1), *trade(3, 2)],
            "ledger": [
                entry(1, 0, "-100.00", "q1"),
                entry("1r", 3, "100.00", "q1", **in_dollars),
                entry(2, 1, "-100.00", "q2"),
                entry("2d", 4, "-120.00", "q2", **in_dollars),
                entry(3, 2, "-60.00", "q3"),
                entry("3p", 3, "-40.00", "q3"),
                entry("3d", 5, "-7.00", "q3", **in_dollars),
            ],
        },
        clock(120),
    )
    found = [
        (row["kind"], row["entry_id"], row["currency"], row["amount"]) for row in exceptions(home)
    ]
    assert found == [
        ("amount_mismatch", "e1r", "EUR", Decimal("-100.00")),
        ("amount_mismatch", "e2d", "USD", Decimal("-120.00")),
        ("amount_mismatch", "e3d", "USD", Decimal("-7.00")),
    ]


def test_of_several_entries_the_one_that_comes_nearest_counts(home: Path) -> None:
    load(
        home,
        {
            "trades": trade(1, 0),
            "ledger": [
                entry(1, 0, "-60.00", "q1"),
                entry(2, 1, "-99.00", "q1"),
                entry(3, 2, "-99.00", "q1"),
            ],
        },
        clock(120),
    )
    assert [(row["kind"], row["entry_id"], row["amount"]) for row in exceptions(home)] == [
        ("amount_mismatch", "e2", Decimal("-59.00")),
        ("duplicate_entry", "e3", Decimal("99.00")),
    ]


def test_a_part_booked_too_late_leaves_what_was_lacking_until_then(home: Path) -> None:
    parts = [entry(1, 0, "-60.00", "q1"), entry(2, 40, "-40.00", "q1")]
    load(home, {"trades": trade(1, 0), "ledger": parts}, clock(120))
    assert kinds(home, minutes=10) == [("amount_mismatch", "pending")]
    (open_then,) = exceptions(home, minutes=30)
    assert (open_then["kind"], open_then["amount"]) == ("amount_mismatch", Decimal("40.00"))
    assert kinds(home, minutes=41) == []


def test_a_part_booked_just_within_the_allowance_is_in_time(home: Path) -> None:
    parts = [entry(1, 3, "-60.00", "q1"), entry(2, 18, "-40.00", "q1")]
    load(home, {"trades": trade(1, 0), "ledger": parts}, clock(120))
    assert exceptions(home, "open", "pending", "resolved") == []


def test_only_a_refund_of_the_same_amount_takes_a_debit_back(home: Path) -> None:
    load(
        home,
        {
            "trades": [*trade(1, 0, ends="settled"), *trade(2, 1, ends="settled")],
            "ledger": [
                entry(1, 0, "-100.01", "q1"),
                entry("1d", 2, "-100.01", "q1"),
                entry("1r", 3, "100.01", "q1"),
                entry(2, 1, "-100.00", "q2"),
                entry("2d", 4, "-100.00", "q2"),
                entry("2r", 5, "100.01", "q2"),
            ],
        },
        clock(120),
    )
    assert [(row["kind"], row["entry_id"]) for row in exceptions(home)] == [
        ("amount_mismatch", "e1"),
        ("duplicate_entry", "e2d"),
        ("refund_without_trade", "e2r"),
    ]


def test_an_entry_of_no_trade_is_open_whatever_its_amount(home: Path) -> None:
    load(
        home,
        {"ledger": [entry(1, 0, "-12.00", "q404"), entry(2, 1, "7.00", "q405")]},
        clock(120),
    )
    assert kinds(home) == [("debit_without_trade", "open"), ("refund_without_trade", "open")]
    assert [row["amount"] for row in exceptions(home)] == [Decimal("12.00"), Decimal("7.00")]


@pytest.mark.parametrize(
    "names",
    [
        {"ref": "t1"},
        {"ref": "n/a", "transact_id": "t1"},
        {"ref": "o1"},
        {"ref": "p1"},
    ],
    ids=["trade id as reference", "trade id", "order of the trade", "reference of the trade"],
)
def test_an_entry_finds_its_trade_by_the_other_durable_ids(
    home: Path, names: dict[str, str]
) -> None:
    books = {
        "trades": trade(1, 0, partner_reference="p1"),
        "orders": [order(1, 0, quote_id="q1"), order(2, 0, transact_id="t9120")],
        "ledger": [{**entry(1, 50, "-99.00", ""), **names}],
    }
    load(home, books, clock(120))
    (found, late) = exceptions(home, "open", "resolved")[::-1]
    assert (late["kind"], late["transact_id"]) == ("trade_without_debit", "t1")
    assert (found["kind"], found["match"], found["transact_id"]) == (
        "amount_mismatch",
        "durable",
        "t1",
    )


def test_a_quote_id_that_two_trades_share_is_settled_by_the_trade_id_or_not_at_all(
    home: Path,
) -> None:
    books = {
        "trades": [
            *trade(1, 0),
            *trade(2, 1, quote_id="q1"),
            *trade(3, 2),
            *trade(4, 3, quote_id="q3"),
        ],
        "ledger": [
            entry(1, 0, "-100.00", "q1", transact_id="t1"),
            entry(2, 1, "-100.00", "q1", transact_id="t2"),
            entry(3, 2, "-100.00", "q3"),
        ],
    }
    load(home, books, clock(120))
    found = {(row["kind"], row["transact_id"]): row["candidates"] for row in exceptions(home)}
    assert found == {
        ("trade_without_debit", "t3"): [],
        ("trade_without_debit", "t4"): [],
        ("debit_without_trade", None): ["t3", "t4"],
    }


# --- time ---


def test_a_trade_younger_than_the_allowance_is_pending_then_open(home: Path) -> None:
    load(home, {"trades": trade(1, 0)}, clock(10))
    assert kinds(home) == [("trade_without_debit", "pending")]
    load(home, clock(16))
    assert kinds(home) == [("trade_without_debit", "open")]


def test_an_entry_that_came_within_the_allowance_leaves_no_trace(home: Path) -> None:
    load(home, {"trades": trade(1, 0)}, clock(10))
    load(home, {"ledger": [entry(1, 14, "-100.00", "q1")]}, clock(120))
    assert exceptions(home, "open", "pending", "resolved") == []


def test_an_entry_booked_later_leaves_an_exception_that_it_resolves(home: Path) -> None:
    books = {"trades": trade(1, 0), "ledger": [entry(1, 40, "-100.00", "q1")]}
    load(home, books, clock(120))
    assert kinds(home, minutes=10) == [("trade_without_debit", "pending")]
    assert kinds(home, minutes=30) == [("trade_without_debit", "open")]
    assert kinds(home, minutes=40) == [("trade_without_debit", "open")]
    assert kinds(home, minutes=40 + TICK) == []
    assert kinds(home, "resolved") == [("trade_without_debit", "resolved")]


def test_the_allowance_holds_to_the_microsecond_on_both_sides(home: Path) -> None:
    """All trades are made at 60 and fail at 100; an entry is just within, or just beyond."""
    books: dict[str, list[Record]] = {"trades": [], "ledger": []}
    late, early = 15 + TICK, -15 - TICK
    for number, (debit, refund) in enumerate(
        [(15, 15), (late, 15), (15, late), (-15, -15), (early, -15), (-15, early)], start=1
    ):
        books["trades"] += trade(number, 60, ends="failed", after=40)
        books["ledger"] += [
            entry(number, 60 + debit, "-100.00", f"q{number}"),
            entry(f"{number}r", 100 + refund, "100.00", f"q{number}"),
        ]
    load(home, books, clock(200))
    found = [
        (row["kind"], row["transact_id"], row["entry_id"])
        for row in exceptions(home, "open", "pending", "resolved")
    ]
    assert found == [
        ("debit_without_trade", "t5", "e5"),
        ("trade_without_debit", "t2", None),
        ("refund_without_trade", "t6", "e6r"),
        ("trade_without_refund", "t3", None),
    ]


def test_the_allowance_is_the_partners_own(home: Path) -> None:
    books = {"trades": trade(1, 0), "ledger": [entry(1, 40, "-100.00", "q1")]}
    load(home, books, clock(120), ledger_lateness=timedelta(hours=1))
    assert exceptions(home, "open", "pending", "resolved") == []


def test_trades_before_the_first_day_of_the_ledger_are_not_compared(home: Path) -> None:
    load(home, {"trades": [*trade(1, -DAY), *trade(2, -20)]}, clock(120))
    assert [row["transact_id"] for row in exceptions(home)] == ["t2"]


def test_entries_before_the_first_day_of_trades_are_not_compared(home: Path) -> None:
    books = {
        "trades": [*trade(3, 0), *trade(4, 1)],
        "ledger": [
            entry(1, -DAY, "-5.00", "q404"),
            entry(2, -20, "-6.00", "q405"),
            entry(3, -DAY, "-100.00", "q3"),
            entry(4, 1, "-100.00", "q4"),
            entry("4r", -DAY, "100.00", "q4"),
        ],
    }
    load(home, books, clock(120))
    told = exceptions(home, "open", "pending", "resolved")
    assert [row["entry_id"] for row in told] == ["e2"]


def test_without_a_ledger_or_without_trades_nothing_is_an_exception(home: Path) -> None:
    load(home, {"trades": trade(1, 0)}, {"quotes": clock(120)["quotes"]})
    assert exceptions(home, "open", "pending", "resolved") == []
    other = home.with_name("other")
    load(other, {"ledger": [entry(1, 0, "-5.00", "q1")]}, {"quotes": clock(120)["quotes"]})
    assert exceptions(other, "open", "pending", "resolved") == []


# --- amount and time ---


def erased(number: int, minutes: float, delta: str) -> Record:
    return entry(number, minutes, delta, f"bank-{number}")


def test_what_only_amount_and_time_can_match_is_matched_weakly_where_it_is_unique(
    home: Path,
) -> None:
    books = {
        "trades": [*trade(1, 0, "10.01"), *trade(2, 30, "10.02", ends="failed")],
        "ledger": [
            erased(1, 2, "-10.01"),
            entry(2, 30, "-10.02", "q2"),
            erased(3, 33, "10.02"),
        ],
    }
    load(home, books, clock(120))
    assert exceptions(home) == []
    pairs = [(row["kind"], row["match"], row["entry_id"]) for row in exceptions(home, "resolved")]
    assert pairs == [
        ("trade_without_debit", "weak", "e1"),
        ("trade_without_refund", "weak", "e3"),
    ]


def test_the_story_of_a_weakly_matched_trade_calls_its_entry_weak(home: Path) -> None:
    books = {"trades": trade(1, 0, "10.01"), "ledger": [erased(1, 2, "-10.01")]}
    load(home, books, clock(120))
    story = evidence(settings_of(home), place_of(home), "t1", None, wait_seconds=1)
    assert [(record.kind, record.match) for record in story.records] == [
        ("trades", "durable"),
        ("ledger", "weak"),
    ]
    assert [end.debited for end in story.trades] == ["weak"]


@pytest.mark.parametrize(
    ("minutes", "delta", "names"),
    [
        (16, "-10.00", {}),
        (-2, "-10.00", {}),
        (1, "-10.01", {}),
        (1, "-10.00", {"currency": "USD"}),
        (1, "-10.00", {"transact_id": "t404"}),
        (1, "-10.00", {"ref": "quoted"}),
        (1, "-10.00", {"reason": "buy_refund"}),
    ],
    ids=["late", "early", "amount", "currency", "names a trade", "names a quote", "reason"],
)
def test_no_match_is_guessed(home: Path, minutes: float, delta: str, names: dict[str, str]) -> None:
    quote = {**clock(0)["quotes"][0], "quote_type": "firm", "available": True, "quote_id": "quoted"}
    books = {
        "quotes": [quote],
        "trades": trade(1, 0, "10.00"),
        "ledger": [{**erased(1, minutes, delta), **names}],
    }
    load(home, books, clock(120))
    assert len(exceptions(home, "open")) == 2


def test_an_allowance_of_seconds_still_takes_an_entry_a_minute_early(home: Path) -> None:
    books = {"trades": trade(1, 2, "10.00"), "ledger": [erased(1, 1.1, "-10.00")]}
    load(home, books, clock(120), ledger_lateness=timedelta(seconds=10))
    assert exceptions(home) == []


def test_an_entry_belongs_no_longer_to_a_trade_that_is_called_otherwise(home: Path) -> None:
    """Which of two contents stays is decided by their hashes, so both orders are told."""
    told = trade(1, 0)[0]
    other = {**told, "quote_id": "q2"}
    entries = [entry(1, 0, "-100.00", "q1"), entry(2, 0, "-100.00", "q2")]
    for name, first, second in (("one", told, other), ("two", other, told)):
        place = home.with_name(name)
        load(place, {"ledger": entries, "trades": [first]}, *(clock(n) for n in range(60, 90)))
        load(place, {"trades": [second]})
        (lost,) = (row["quote_id"] for row in exceptions(place) if row["kind"] == "conflict")
        left = [row["entry_id"] for row in exceptions(place) if row["kind"] != "conflict"]
        assert left == [{"q1": "e1", "q2": "e2"}[lost]]


def test_a_trade_loses_the_entry_that_belongs_to_another_trade_by_now(home: Path) -> None:
    """Which of two contents stays is decided by their hashes, so both orders are told."""
    told, other = entry(1, 0, "-100.00", "q1"), entry(1, 0, "-100.00", "q2")
    trades, answers = [*trade(1, 0), *trade(2, 0)], []
    for name, first, second in (("one", told, other), ("two", other, told)):
        place = home.with_name(name)
        load(place, {"trades": trades, "ledger": [first]}, *(clock(n) for n in range(60, 90)))
        load(place, {"ledger": [second]})
        rows = exceptions(place)
        without = {row["transact_id"] for row in rows if row["kind"] == "trade_without_debit"}
        assert len(without) == 1
        answers.append(without)
    assert answers[0] == answers[1]


def test_an_entry_finds_a_trade_whose_observations_name_two_orders(home: Path) -> None:
    """The smaller reference counts, whichever of them has the smaller hash."""
    books: dict[str, list[Record]] = {"trades": [], "ledger": []}
    for number in range(1, 9):
        reserved, settled = trade(number, number, ends="settled")
        books["trades"] += [
            {**reserved, "partner_reference": f"a{number}"},
            {**settled, "partner_reference": f"b{number}"},
        ]
        books["ledger"].append(entry(number, number, "-100.00", f"a{number}"))
    load(home, books, clock(120))
    assert exceptions(home, "open", "pending", "resolved") == []


def test_two_trades_that_one_entry_fits_stay_open_with_each_other_as_candidates(
    home: Path,
) -> None:
    books = {
        "trades": [*trade(1, 0, "50.00"), *trade(2, 1, "50.00")],
        "ledger": [erased(1, 2, "-50.00")],
    }
    load(home, books, clock(120))
    assert [(row["kind"], row["candidates"]) for row in exceptions(home, "open")] == [
        ("trade_without_debit", ["e1"]),
        ("trade_without_debit", ["e1"]),
        ("debit_without_trade", ["t1", "t2"]),
    ]


# --- orders ---


def test_orders_and_trades_find_each_other_by_any_id(home: Path) -> None:
    books = {
        "trades": [
            *trade(1, 0),
            *trade(2, 1),
            *trade(3, 2, partner_reference="o3"),
            *trade(4, 3),
            *trade(9, 4),
        ],
        "ledger": [entry(n, n, "-100.00", f"q{n}") for n in (1, 2, 3, 4, 9)],
        "orders": [
            order(1, 0, transact_id="t1"),
            order(2, 1, quote_id="q2"),
            order(3, 2),
            order(5, 3, status="Cancelled", quote_id="q404"),
            order(6, 3, status="cancelled", transact_id="t404"),
            order(7, 3, status="processing", quote_id="q404"),
            order(8, 60, transact_id="t9", quote_id="q9"),
            order(9, 118, transact_id="t9120"),
        ],
    }
    load(home, books, clock(120))
    found = [
        (row["kind"], row["transact_id"], row["partner_reference"]) for row in exceptions(home)
    ]
    assert sorted(found, key=repr) == [
        ("order_without_trade", "t404", "o6"),
        ("order_without_trade", None, "o7"),
        ("trade_without_order", "t4", None),
    ]


def test_where_no_order_is_ingested_none_is_missing(home: Path) -> None:
    load(home, {"trades": trade(1, 0), "ledger": [entry(1, 0, "-100.00", "q1")]}, clock(120))
    assert exceptions(home, "open", "pending", "resolved") == []


# --- records that contradict each other ---


def test_contradictions_are_exceptions_at_their_own_time(home: Path) -> None:
    settled = trade(1, 0, ends="settled")
    other = {**settled[1], "status": "failed", "status_at": at(30)}
    moved = {**trade(2, 1)[0], "status": "settled", "status_at": at(40), "fiat_amount": "7.00"}
    paid = [entry(1, 0, "-100.00", "q1"), entry(2, 1, "-100.00", "q2")]
    books = {
        "trades": [*settled, other, *trade(2, 1), moved],
        "ledger": [*paid, {**paid[0], "delta": "-100.00", "ref": "q1", "created_at": at(1)}],
    }
    load(home, books, clock(120))
    found = [row for row in exceptions(home) if row["kind"] in ("conflict", "illegal_transition")]
    assert {row["kind"] for row in found} == {"conflict", "illegal_transition"}
    assert [row["transact_id"] for row in found if row["kind"] == "illegal_transition"] == ["t1"]
    assert {
        row["entry_id"] or row["transact_id"] for row in found if row["kind"] == "conflict"
    } == {
        "e1",
        "t2",
    }


def test_a_pay_in_told_twice_is_one_entry_too_many(home: Path) -> None:
    paid = entry(1, 0, "500.00", "fund-1", reason="payin_credit")
    again = {**paid, "entry_id": "e2"}
    later = {**paid, "entry_id": "e3", "created_at": at(60)}
    load(home, {"ledger": [paid, later]}, clock(120))
    load(home, {"ledger": [again]})
    assert [(row["kind"], row["entry_id"]) for row in exceptions(home)] == [
        ("duplicate_entry", "e2")
    ]
