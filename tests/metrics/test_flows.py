"""Counts and volumes: what happened in a window, from rows worked by hand.

Goal: each count and volume holds what its definition says, is 0 when nothing happened, is null only
where an amount is unknown, and belongs to the window of its own instant. Method: one row per event
in a serving database in memory.
"""

from __future__ import annotations

import pytest

from pipelines.utilization import windows_table
from pipelines.windows import calendar_windows, parse_instant
from tests.metrics.conftest import Serving, window

HOUR = ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")


def test_quote_attempts_are_counted_by_what_became_of_them(serving: Serving) -> None:
    serving.quotes("2026-06-10T10:00:00Z", indicative=2, firm=5, unavailable=3)
    serving.quotes("2026-06-10T10:59:59Z", firm=1, errored=4)
    serving.quotes("2026-06-10T11:00:00Z", firm=100)
    serving.quotes("2026-06-10T09:59:59Z", unavailable=100)

    row = serving.one(*HOUR)

    assert row["quote_requests"] == 15
    assert row["indicative_quotes"] == 2
    assert row["firm_quotes"] == 6
    assert row["unavailable_quotes"] == 3
    assert row["errored_quotes"] == 4
    assert row["failed_quote_attempts"] == 7


def test_reasons_are_counted_by_name_in_alphabetical_order(serving: Serving) -> None:
    serving.quotes("2026-06-10T10:00:00Z", unavailable=5)
    serving.reason("2026-06-10T10:00:00Z", "rate_unavailable", 1)
    serving.reason("2026-06-10T10:30:00Z", "pool_dry", 3)
    serving.reason("2026-06-10T10:45:00Z", "rate_unavailable", 1)
    serving.reason("2026-06-10T11:00:00Z", "other", 9)

    reasons = serving.one(*HOUR)["unavailable_reasons"]

    assert list(reasons.items()) == [("pool_dry", 3), ("rate_unavailable", 2)]


def test_a_window_without_activity_has_its_row_of_zeros(serving: Serving) -> None:
    row = serving.one(*HOUR)

    counts = ("quote_requests", "open_quotes", "trades_created", "limit_errors", "reserved_count")
    assert [row[name] for name in counts] == [0] * 5
    volumes = ("requested_volume", "quoted_volume", "settled_volume", "net_settled_volume")
    assert [row[name] for name in volumes] == ["0.00"] * 4
    assert row["reserved_notional"] == "0.00"
    assert row["unavailable_reasons"] == {}
    assert row["ledger_exceptions"] is None


def test_a_volume_is_the_sum_of_the_known_amounts(serving: Serving) -> None:
    serving.quotes("2026-06-10T10:00:00Z", firm=2, requested="12.50", quoted="12.50")
    serving.quotes("2026-06-10T10:15:00Z", firm=1)
    serving.quotes("2026-06-10T10:30:00Z", indicative=1, requested="0.00000001")

    row = serving.one(*HOUR)

    assert row["requested_volume"] == "12.50000001"
    assert row["quoted_volume"] == "12.50"


def test_a_volume_is_null_when_no_amount_is_known(serving: Serving) -> None:
    serving.quotes("2026-06-10T10:00:00Z", firm=1, indicative=1)

    row = serving.one(*HOUR)

    assert row["requested_volume"] is None
    assert row["quoted_volume"] is None
    assert row["quote_utilization"] is None


def test_quoted_volume_is_zero_when_only_indicative_quotes_state_no_amount(
    serving: Serving,
) -> None:
    serving.quotes("2026-06-10T10:00:00Z", indicative=1)

    row = serving.one(*HOUR)

    assert row["requested_volume"] is None
    assert row["quoted_volume"] == "0.00"


def test_trades_count_when_created_and_volumes_when_their_status_begins(serving: Serving) -> None:
    serving.trade("2026-06-10T09:50:00Z", "10", settled="2026-06-10T10:01:00Z")
    serving.trade("2026-06-10T10:05:00Z", "20", failed="2026-06-10T10:20:00Z")
    serving.trade("2026-06-10T10:06:00Z", "40", released="2026-06-10T11:00:00Z")
    serving.trade("2026-06-10T10:07:00Z", "80")

    row = serving.one(*HOUR)
    after = serving.one("2026-06-10T11:00:00Z", "2026-06-10T12:00:00Z")

    assert row["trades_created"] == 3
    assert row["accepted_volume"] == "140.00"
    assert row["settled_volume"] == "10.00"
    assert row["failed_volume"] == "20.00"
    assert row["released_volume"] == "0.00"
    assert after["released_volume"] == "40.00"
    assert after["trades_created"] == 0


def test_a_returned_trade_stays_in_the_window_in_which_it_settled(serving: Serving) -> None:
    serving.trade(
        "2026-06-10T10:05:00Z",
        "20.00",
        settled="2026-06-10T10:10:00Z",
        returned="2026-06-10T11:30:00Z",
    )

    row = serving.one(*HOUR)
    after = serving.one("2026-06-10T11:00:00Z", "2026-06-10T12:00:00Z")

    assert (row["settled_volume"], row["returned_volume"]) == ("20.00", "0.00")
    assert (after["settled_volume"], after["returned_volume"]) == ("0.00", "20.00")
    assert after["net_settled_volume"] == "-20.00"


def test_errors_of_a_call_belong_to_their_pool_and_nameless_ones_to_none(
    serving: Serving,
) -> None:
    serving.quotes("2026-06-10T10:00:00Z", errored=3, limit_errored=2)
    serving.errors("2026-06-10T10:15:00Z", limit=1, balance=4, conflict=5)
    serving.errors("2026-06-10T10:15:00Z", limit=9, balance=9, conflict=9, pool=None)
    serving.errors("2026-06-10T10:15:00Z", limit=9, balance=9, conflict=9, pool="GBP-USDT")

    row = serving.one(*HOUR)

    assert row["limit_errors"] == 3
    assert row["balance_errors"] == 4
    assert row["transact_conflicts"] == 5


def test_two_currencies_of_a_pool_are_two_rows_and_are_never_added(serving: Serving) -> None:
    serving.trade("2026-06-10T10:05:00Z", "10", settled="2026-06-10T10:06:00Z")
    serving.trade("2026-06-10T10:05:00Z", "7", settled="2026-06-10T10:06:00Z", currency="USD")

    found = serving.ask(window(*HOUR))

    assert [(row["currency"], row["settled_volume"]) for row in found] == [
        ("EUR", "10.00"),
        ("USD", "7.00"),
    ]


def test_a_pool_without_a_currency_has_its_row(serving: Serving) -> None:
    serving.lane("EUR-USDT", None)
    serving.errors("2026-06-10T10:15:00Z", conflict=5)

    (row,) = serving.ask(window(*HOUR))

    assert row["currency"] is None
    assert row["transact_conflicts"] == 5
    assert row["settled_volume"] == "0.00"
    assert row["approved_band"] is None


def test_only_the_pools_asked_for_are_reported(serving: Serving) -> None:
    for pool in ("A", "B", "C"):
        serving.lane(pool, "EUR")

    found = serving.ask(window(*HOUR), pools=["C", "A", "no such pool"])

    assert [row["pool_id"] for row in found] == ["A", "C"]


def test_rows_come_by_pool_currency_and_window(serving: Serving) -> None:
    for pool, currency in (("B", "EUR"), ("A", "USD"), ("A", "EUR")):
        serving.lane(pool, currency)
    hours = calendar_windows(
        "1h", parse_instant("2026-06-10T10:00:00Z"), parse_instant("2026-06-10T12:00:00Z"), "UTC"
    )

    found = serving.ask(*hours)

    assert [(row["pool_id"], row["currency"], row["window_start"][11:13]) for row in found] == [
        ("A", "EUR", "10"),
        ("A", "EUR", "11"),
        ("A", "USD", "10"),
        ("A", "USD", "11"),
        ("B", "EUR", "10"),
        ("B", "EUR", "11"),
    ]


def test_overlapping_windows_each_count_everything_in_them(serving: Serving) -> None:
    serving.trade("2026-06-10T10:05:00Z", "10")
    serving.trade("2026-06-10T11:05:00Z", "20")
    wide = window("2026-06-10T10:00:00Z", "2026-06-10T12:00:00Z")

    found = serving.ask(wide, window(*HOUR), wide)

    assert [row["accepted_volume"] for row in found] == ["30.00", "10.00", "30.00"]


def test_no_windows_give_no_rows_but_every_column(serving: Serving) -> None:
    serving.trade("2026-06-10T10:05:00Z", "10")
    at = parse_instant("2026-06-11T00:00:00Z")

    empty = windows_table(serving.connection, [], as_of=at)
    full = windows_table(serving.connection, [window(*HOUR)], as_of=at)

    assert empty.num_rows == 0
    assert empty.schema == full.schema


@pytest.mark.parametrize(
    ("as_of", "started"),
    [
        ("2026-06-10T10:00:00Z", 0),
        ("2026-06-10T10:15:00Z", 1),
        ("2026-06-10T11:00:00Z", 1),
        ("2026-06-10T11:15:00Z", 2),
    ],
)
def test_a_window_that_starts_at_or_after_as_of_is_left_out(
    serving: Serving, as_of: str, started: int
) -> None:
    serving.lane("EUR-USDT", "EUR")

    found = serving.ask(
        window(*HOUR), window("2026-06-10T11:00:00Z", "2026-06-10T12:00:00Z"), as_of=as_of
    )

    assert len(found) == started
