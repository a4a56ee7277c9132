"""Bands and limits: which one is in force, over which days it counts, and how much of it is used.

Goal: the band of a window follows the program's local days, a pool's own limit goes before its
currency's, and usage has the scope of the limit that was found. Method: limits and trades by hand,
in zones whose days are not UTC's.
"""

from __future__ import annotations

import pytest

from pipelines.windows import calendar_windows, parse_instant, rolling_window
from tests.metrics.conftest import Serving, window

HOUR = ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")
PARIS_DAY = ("2026-06-09T22:00:00Z", "2026-06-10T22:00:00Z")


def usages(row: dict[str, object]) -> tuple[object, object, object]:
    return row["daily_band_usage"], row["velocity_24h_usage"], row["max_order_usage"]


def test_an_hour_is_measured_against_the_band_of_its_whole_day(serving: Serving) -> None:
    serving.limit("daily_band", "1000")
    serving.quotes("2026-06-10T10:00:00Z", firm=1, requested="500", quoted="500")
    serving.trade("2026-06-10T10:00:00Z", "125", settled="2026-06-10T10:15:00Z")

    row = serving.one(*HOUR)

    assert row["approved_band"] == "1000.00"
    assert row["quote_utilization"] == "0.500000"
    assert row["execution_utilization"] == "0.125000"


def test_a_band_is_exceeded_without_being_cut_off(serving: Serving) -> None:
    serving.limit("daily_band", "100")
    serving.limit("max_order", "100")
    serving.limit("velocity_24h", "100")
    serving.trade("2026-06-10T10:00:00Z", "250", settled="2026-06-10T10:15:00Z")

    row = serving.one(*HOUR)

    assert row["execution_utilization"] == "2.500000"
    assert usages(row) == ("2.500000", "2.500000", "2.500000")


@pytest.mark.parametrize("value", ["0", None])
def test_without_a_band_or_with_a_band_of_zero_nothing_is_utilized(
    serving: Serving, value: str | None
) -> None:
    serving.trade("2026-06-10T10:00:00Z", "250", settled="2026-06-10T10:15:00Z")
    if value is not None:
        for name in ("daily_band", "max_order", "velocity_24h"):
            serving.limit(name, value)

    row = serving.one(*HOUR)

    assert row["approved_band"] == (None if value is None else "0.00")
    assert row["execution_utilization"] is None
    assert usages(row) == (None, None, None)


def test_a_limit_in_another_currency_is_no_limit(serving: Serving) -> None:
    serving.trade("2026-06-10T10:00:00Z", "250")
    for name in ("daily_band", "max_order", "velocity_24h"):
        serving.limit(name, "1000", currency="USD")

    row = serving.one(*HOUR)

    assert row["approved_band"] is None
    assert usages(row) == (None, None, None)


def test_the_bands_of_a_week_add_up_each_from_the_start_of_its_local_day(
    serving: Serving,
) -> None:
    serving.program("p", "Europe/Paris")
    serving.limit("daily_band", "100", end="2026-06-11T00:00:00Z")
    serving.limit("daily_band", "150", start="2026-06-11T00:00:00Z")
    serving.lane("EUR-USDT", "EUR")
    (week,) = calendar_windows(
        "week", parse_instant(HOUR[0]), parse_instant(HOUR[1]), "Europe/Paris"
    )

    (row,) = serving.ask(week)

    # 8 to 11 June begin at 22:00 UTC of the day before, under 100; 12 to 14 June under 150.
    assert row["approved_band"] == "850.00"


def test_a_single_day_without_a_band_leaves_the_week_without_one(serving: Serving) -> None:
    serving.limit("daily_band", "100", end="2026-06-11T00:00:00Z")
    serving.limit("daily_band", "150", start="2026-06-11T00:00:01Z")
    days = calendar_windows(
        "day", parse_instant("2026-06-10T00:00:00Z"), parse_instant("2026-06-13T00:00:00Z"), "UTC"
    )
    serving.lane("EUR-USDT", "EUR")

    found = serving.ask(*days, window("2026-06-08T00:00:00Z", "2026-06-15T00:00:00Z", "week"))

    assert [row["approved_band"] for row in found] == ["100.00", None, "150.00", None]


@pytest.mark.parametrize(
    ("start", "end", "band"),
    [
        pytest.param("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "100.00", id="23-hour-day"),
        pytest.param("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "100.00", id="25-hour-day"),
        pytest.param("2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z", "200.00", id="two-utc-days"),
        pytest.param("2026-06-10T23:00:00Z", "2026-06-11T22:00:00Z", "100.00", id="short-of-a-day"),
        pytest.param("2026-10-24T22:15:00Z", "2026-10-25T22:30:00Z", "100.00", id="no-day-begins"),
    ],
)
def test_the_band_of_windows_around_the_change_of_clocks(
    serving: Serving, start: str, end: str, band: str
) -> None:
    serving.program("p", "Europe/Paris")
    serving.limit("daily_band", "100")

    assert serving.one(start, end, "day")["approved_band"] == band


def test_a_rolling_day_has_the_band_in_force_at_its_end(serving: Serving) -> None:
    serving.limit("daily_band", "100", end="2026-06-10T10:00:00Z")
    serving.limit("daily_band", "150", start="2026-06-10T10:00:00Z")
    serving.lane("EUR-USDT", "EUR")

    def band(end: str) -> object:
        return serving.ask(rolling_window("24h", parse_instant(end)))[0]["approved_band"]

    assert band("2026-06-10T09:45:00Z") == "100.00"
    assert band("2026-06-10T10:00:00Z") == "150.00"


@pytest.mark.parametrize(
    ("as_of", "band"),
    [
        ("2026-06-08T10:00:00Z", "100.00"),
        ("2026-06-10T00:00:00Z", "200.00"),
        ("2026-06-10T10:00:00Z", "300.00"),
        ("2026-06-15T00:00:00Z", "700.00"),
    ],
)
def test_a_running_week_has_the_bands_of_the_days_that_have_begun(
    serving: Serving, as_of: str, band: str
) -> None:
    serving.limit("daily_band", "100")

    row = serving.one("2026-06-08T00:00:00Z", "2026-06-15T00:00:00Z", "week", as_of=as_of)

    assert row["approved_band"] == band


def test_of_several_bands_in_force_the_latest_counts_and_an_end_is_exclusive(
    serving: Serving,
) -> None:
    serving.limit("daily_band", "100")
    serving.limit("daily_band", "200", start="2026-06-10T00:00:00Z", end="2026-06-11T00:00:00Z")
    serving.lane("EUR-USDT", "EUR")
    days = calendar_windows(
        "day", parse_instant("2026-06-09T00:00:00Z"), parse_instant("2026-06-12T00:00:00Z"), "UTC"
    )

    assert [row["approved_band"] for row in serving.ask(*days)] == ["100.00", "200.00", "100.00"]


def test_a_pools_own_limit_goes_before_its_currencys_and_narrows_the_usage_to_it(
    serving: Serving,
) -> None:
    for name in ("daily_band", "velocity_24h", "max_order"):
        serving.limit(name, "1000")
        serving.limit(name, "500", pool="A")
    serving.trade("2026-06-10T10:00:00Z", "100", pool="A")
    serving.trade("2026-06-10T10:00:00Z", "200", pool="B")
    serving.trade("2026-06-10T10:00:00Z", "400", pool="C")
    serving.trade("2026-06-10T10:00:00Z", "800", pool="D", currency="USD")

    own, shared, *_ = serving.ask(window(*HOUR))

    assert usages(own) == ("0.200000", "0.200000", "0.200000")
    assert usages(shared) == ("0.700000", "0.700000", "0.200000")


def test_a_shared_limit_counts_the_pools_that_were_not_asked_for(serving: Serving) -> None:
    serving.limit("daily_band", "1000")
    serving.limit("velocity_24h", "1000")
    serving.trade("2026-06-10T10:00:00Z", "100", pool="A")
    serving.trade("2026-06-10T10:00:00Z", "200", pool="B")

    (row,) = serving.ask(window(*HOUR), pools=["A"])

    assert usages(row)[:2] == ("0.300000", "0.300000")


def test_the_days_band_is_used_by_what_was_created_since_local_midnight_and_kept(
    serving: Serving,
) -> None:
    serving.program("p", "Europe/Paris")
    serving.limit("daily_band", "1000")
    serving.trade("2026-06-09T21:59:59Z", "1")
    serving.trade("2026-06-09T22:00:00Z", "20", settled="2026-06-09T22:05:00Z")
    serving.trade("2026-06-10T08:00:00Z", "40", failed="2026-06-10T10:30:00Z")
    serving.trade("2026-06-10T09:00:00Z", "80", released="2026-06-10T12:00:00Z")
    serving.trade("2026-06-10T09:05:00Z", "300", failed="2026-06-09T09:00:00Z")

    def used(close: str) -> object:
        return serving.one("2026-06-10T07:00:00Z", close, "x")["daily_band_usage"]

    assert used("2026-06-10T10:30:00Z") == "0.140000"
    assert used("2026-06-10T10:45:00Z") == "0.100000"
    assert used("2026-06-10T12:15:00Z") == "0.020000"


def test_a_full_day_closes_with_its_own_usage_and_not_the_next_days(serving: Serving) -> None:
    serving.program("p", "Europe/Paris")
    serving.limit("daily_band", "1000", end="2026-06-10T22:00:00Z")
    serving.trade("2026-06-10T21:59:00Z", "100", failed="2026-06-10T22:00:00Z")
    serving.trade("2026-06-10T22:00:00Z", "400")

    assert serving.one(*PARIS_DAY, "day")["daily_band_usage"] == "0.100000"


def test_velocity_looks_back_24_hours_from_the_close_whatever_became_of_the_trades(
    serving: Serving,
) -> None:
    serving.limit("velocity_24h", "1000", start="2026-06-10T11:00:00Z")
    serving.trade("2026-06-09T10:59:59Z", "1")
    serving.trade("2026-06-09T11:00:00Z", "20", failed="2026-06-09T11:10:00Z")
    serving.trade("2026-06-10T10:59:59Z", "40")
    serving.trade("2026-06-10T11:00:00Z", "80")

    row = serving.one(*HOUR)
    before = serving.one("2026-06-10T09:45:00Z", "2026-06-10T10:45:00Z")

    assert row["velocity_24h_usage"] == "0.060000"
    assert before["velocity_24h_usage"] is None


def test_the_largest_order_is_of_the_trades_created_in_the_window(serving: Serving) -> None:
    serving.limit("max_order", "1000")
    serving.trade("2026-06-10T09:00:00Z", "900")
    serving.trade("2026-06-10T10:10:00Z", "10")
    serving.trade("2026-06-10T10:20:00Z", "250")
    serving.trade("2026-06-10T10:30:00Z", "20")

    assert serving.one(*HOUR)["max_order_usage"] == "0.250000"
    assert serving.one("2026-06-10T12:00:00Z", "2026-06-10T13:00:00Z")["max_order_usage"] is None


def test_the_zone_is_that_of_the_first_program_that_lists_the_pool(serving: Serving) -> None:
    serving.program("b", "Asia/Kolkata", pools=["A", "B"])
    serving.program("a", "America/New_York", pools=["C"])
    serving.program("c", "Europe/Paris", pools=["A"])
    serving.program("c", "Asia/Tokyo", pools=["A", "C"], start="2026-06-10T11:00:00Z")
    serving.limit("daily_band", "1000")
    for pool in "ABCD":
        serving.trade("2026-06-10T03:30:00Z", "100", pool=pool, failed="2026-06-10T09:00:00Z")
        serving.limit("daily_band", "100", pool=pool)

    # Midnight in Kolkata is 18:30 UTC, in New York 04:00 UTC: there the trade was yesterday's.
    found = serving.ask(window("2026-06-10T08:00:00Z", "2026-06-10T08:45:00Z"))

    assert [row["daily_band_usage"] for row in found] == [
        "1.000000",
        "1.000000",
        "0.000000",
        "0.000000",
    ]


def test_pools_of_one_currency_with_different_midnights_share_a_band(serving: Serving) -> None:
    serving.program("a", "America/New_York", pools=["A"])
    serving.program("b", "Asia/Kolkata", pools=["B"])
    serving.limit("daily_band", "1000")
    serving.trade("2026-06-10T03:30:00Z", "100", pool="A")
    serving.trade("2026-06-10T05:00:00Z", "200", pool="B")

    found = serving.ask(window("2026-06-10T08:00:00Z", "2026-06-10T09:00:00Z"))

    assert [row["daily_band_usage"] for row in found] == ["0.200000", "0.300000"]
