"""Stocks: what was reserved, and what the balance was, when a window closed.

Goal: a stock is taken at the window's end, or at `as_of` when that comes first, and events at that
instant are not yet in. Method: trades and snapshots by hand on both sides of the instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.utilization import UnknownBasisError
from pipelines.windows import format_instant
from tests.metrics.conftest import Serving, window

HOUR = ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")
STOCK = ("reserved_count", "reserved_notional", "oldest_reserved_age_s")


def test_reserved_is_what_was_created_and_has_not_left_when_the_window_closes(
    serving: Serving,
) -> None:
    serving.trade("2026-06-01T00:00:59.5Z", "1")
    serving.trade("2026-06-10T09:00:00Z", "2", settled="2026-06-10T11:00:00Z")
    serving.trade("2026-06-10T10:59:00Z", "4", failed="2026-06-10T12:00:00Z")
    serving.trade("2026-06-10T10:10:00Z", "8", released="2026-06-10T10:59:59Z")
    serving.trade("2026-06-10T11:00:00Z", "16")

    row = serving.one(*HOUR)

    assert [row[name] for name in STOCK] == [3, "7.00", 9 * 86400 + 11 * 3600 - 60]


def test_nothing_reserved_is_zero_with_no_age(serving: Serving) -> None:
    serving.trade("2026-06-10T10:10:00Z", "8", settled="2026-06-10T10:12:00Z")

    assert [serving.one(*HOUR)[name] for name in STOCK] == [0, "0.00", None]


def test_a_trade_that_left_before_it_was_created_was_never_reserved(serving: Serving) -> None:
    serving.trade("2026-06-10T11:10:00Z", "8", settled="2026-06-10T10:12:00Z")

    row = serving.one(*HOUR)
    after = serving.one("2026-06-10T11:00:00Z", "2026-06-10T12:00:00Z")

    assert row["settled_volume"] == "8.00"
    assert [row[name] for name in STOCK] == [0, "0.00", None]
    assert [after[name] for name in STOCK] == [0, "0.00", None]


def test_a_trade_that_settles_later_is_still_reserved_as_of_an_earlier_instant() -> None:
    serving = Serving("2026-06-10T10:20:30Z", "2026-06-09T10:20:30Z")
    serving.trade("2026-06-10T10:16:00Z", "5", settled="2026-06-10T10:20:30Z")
    serving.trade("2026-06-10T10:20:29Z", "7", settled="2026-06-10T10:21:00Z")
    serving.trade("2026-06-10T10:20:30Z", "9")

    row = serving.one(*HOUR, as_of="2026-06-10T10:20:30Z")

    assert [row[name] for name in STOCK] == [2, "12.00", 270]
    assert row["settled_volume"] == "0.00"
    assert row["trades_created"] == 2


QUARTER = timedelta(minutes=15)
QUARTERS = st.integers(0, 60).map(lambda n: datetime(2026, 6, 10, tzinfo=UTC) + n * QUARTER)


@given(
    trades=st.lists(
        st.tuples(QUARTERS, st.none() | QUARTERS, st.integers(1, 10**12)), min_size=1, max_size=15
    )
)
@settings(max_examples=25)
def test_the_stock_equals_a_count_by_hand_at_every_close(
    trades: list[tuple[datetime, datetime | None, int]],
) -> None:
    serving = Serving()
    for created, settled, amount in trades:
        serving.trade(
            format_instant(created),
            str(amount),
            settled=None if settled is None else format_instant(settled),
        )
    first = datetime(2026, 6, 10, 3, tzinfo=UTC)
    closes = [first + n * 4 * QUARTER for n in range(1, 13)]
    hours = [window(format_instant(at - 4 * QUARTER), format_instant(at)) for at in closes]

    for at, row in zip(closes, serving.ask(*hours), strict=True):
        held = [t for t in trades if t[0] < at and (t[1] is None or t[1] >= at)]
        ages = [(at - created).total_seconds() for created, _, _ in held]
        assert row["reserved_count"] == len(held)
        assert row["reserved_notional"] == f"{sum(t[2] for t in held)}.00"
        assert row["oldest_reserved_age_s"] == (max(ages) if ages else None)
    serving.connection.close()


@pytest.mark.parametrize(
    ("observed_at", "found"),
    [
        ("2026-06-10T10:59:59.999999Z", "500.00"),
        ("2026-06-10T11:00:00Z", None),
        ("2026-06-09T11:00:00Z", "500.00"),
        ("2026-06-09T10:59:59.999999Z", None),
    ],
)
def test_a_balance_counts_from_just_after_its_snapshot_until_it_is_a_day_old(
    serving: Serving, observed_at: str, found: str | None
) -> None:
    serving.balance(observed_at, "500")

    row = serving.one(*HOUR)

    assert row["balance_visible"] == found
    assert row["balance_available"] == found


def test_the_last_snapshot_of_the_pools_own_currency_is_taken(serving: Serving) -> None:
    serving.balance("2026-06-10T10:10:00Z", "1", reserved="2", available="3")
    serving.balance("2026-06-10T10:20:00Z", "500", reserved="120", available="380")
    serving.balance("2026-06-10T10:30:00Z", "9", currency="USD")

    row = serving.one(*HOUR)

    names = ("balance_visible", "balance_reserved", "balance_available")
    assert [row[name] for name in names] == ["500.00", "120.00", "380.00"]


def test_the_age_at_which_a_balance_is_too_old_can_be_chosen(serving: Serving) -> None:
    serving.lane("EUR-USDT", "EUR")
    serving.balance("2026-06-10T10:00:00Z", "500")

    def visible(age: timedelta) -> object:
        return serving.ask(window(*HOUR), balance_max_age=age)[0]["balance_visible"]

    assert visible(timedelta(minutes=60)) == "500.00"
    assert visible(timedelta(minutes=59)) is None


def test_reserved_utilization_is_of_the_available_or_of_the_visible_balance(
    serving: Serving,
) -> None:
    serving.trade("2026-06-10T10:00:00Z", "12000")
    serving.balance("2026-06-10T10:10:00Z", "50000", reserved="12000", available="38000")

    def utilization(**choices: str) -> object:
        return serving.ask(window(*HOUR), **choices)[0]["reserved_utilization"]

    assert utilization() == "0.315789"
    assert utilization(basis="available") == "0.315789"
    assert utilization(basis="visible") == "0.240000"
    with pytest.raises(UnknownBasisError, match="choose one of available, visible"):
        utilization(basis="net")


@pytest.mark.parametrize("available", ["0", None])
def test_reserved_utilization_is_null_without_a_balance(
    serving: Serving, available: str | None
) -> None:
    serving.trade("2026-06-10T10:00:00Z", "12000")
    if available is not None:
        serving.balance("2026-06-10T10:10:00Z", available)

    assert serving.one(*HOUR)["reserved_utilization"] is None


def test_stocks_of_rolling_windows_are_those_of_their_common_end(serving: Serving) -> None:
    serving.trade("2026-06-09T10:00:00Z", "12000")
    end = "2026-06-10T11:00:00Z"

    found = serving.ask(
        window("2026-06-10T10:00:00Z", end), window("2026-06-03T11:00:00Z", end, "7d")
    )

    assert [row["reserved_count"] for row in found] == [1, 1]
    assert [row["trades_created"] for row in found] == [0, 1]
