"""Availability: minutes a lane was up, down, or not known to be either.

Goal: the three kinds of minutes make up the window as far as `as_of`, also in long days and hours
that begin on the half. Method: stretches by hand in the buckets in which they lie.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pipelines.windows import calendar_windows, parse_instant
from tests.metrics.conftest import Serving, window

HOUR = ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")
MINUTES = ("availability_minutes", "unavailable_minutes", "unknown_minutes")


def test_minutes_of_a_window_are_up_down_or_unknown(serving: Serving) -> None:
    serving.availability("2026-06-10T10:00:00Z", up_s=800, down_s=40)
    serving.availability("2026-06-10T10:45:00Z", up_s=900)
    serving.availability("2026-06-10T11:00:00Z", down_s=900)

    row = serving.one(*HOUR)

    assert [row[name] for name in MINUTES] == ["28.333333", "0.666667", "31.000000"]


def test_without_snapshots_all_is_unknown(serving: Serving) -> None:
    row = serving.one(*HOUR)

    assert [row[name] for name in MINUTES] == ["0.000000", "0.000000", "60.000000"]
    assert row["reopened_at"] is None


def test_minutes_end_at_as_of() -> None:
    serving = Serving("2026-06-10T10:20:30Z", "2026-06-09T10:20:30Z")
    serving.availability("2026-06-10T10:15:00Z", up_s=330)
    serving.availability("2026-06-10T10:20:30Z", up_s=570)

    row = serving.one(*HOUR, as_of="2026-06-10T10:20:30Z")

    assert [row[name] for name in MINUTES] == ["5.500000", "0.000000", "15.000000"]


def test_the_last_reopening_of_the_window_is_told_to_the_microsecond(serving: Serving) -> None:
    serving.availability("2026-06-10T10:00:00Z", reopened="2026-06-10T10:03:00Z")
    serving.availability("2026-06-10T10:15:00Z", reopened="2026-06-10T10:16:00.25Z")
    serving.availability("2026-06-10T11:00:00Z", reopened="2026-06-10T11:01:00Z")

    assert serving.one(*HOUR)["reopened_at"] == "2026-06-10T10:16:00.250000Z"


def test_a_day_in_which_the_clocks_change_has_its_real_minutes(serving: Serving) -> None:
    serving.lane("EUR-USDT", "EUR")
    days = [
        *calendar_windows(
            "day",
            parse_instant("2026-03-29T06:00:00Z"),
            parse_instant("2026-03-29T07:00:00Z"),
            "Europe/Paris",
        ),
        *calendar_windows(
            "day",
            parse_instant("2026-10-25T06:00:00Z"),
            parse_instant("2026-10-25T07:00:00Z"),
            "Europe/Paris",
        ),
    ]

    found = serving.ask(*days)

    assert [Decimal(row["unknown_minutes"]) for row in found] == [23 * 60, 25 * 60]
    assert found[0]["window_start"] == "2026-03-28T23:00:00Z"


def test_hours_of_a_half_hour_zone_hold_what_happened_in_them(serving: Serving) -> None:
    serving.availability("2026-06-10T10:15:00Z", up_s=60)
    serving.availability("2026-06-10T10:30:00Z", up_s=120)
    serving.availability("2026-06-10T11:15:00Z", up_s=240)
    serving.lane("EUR-USDT", "EUR")
    first = parse_instant("2026-06-10T09:30:00Z")

    found = serving.ask(*calendar_windows("1h", first, first + timedelta(hours=2), "Asia/Kolkata"))

    assert [row["availability_minutes"] for row in found] == ["1.000000", "6.000000"]
    assert found[1]["window_start"] == "2026-06-10T10:30:00Z"


def test_every_currency_of_a_pool_has_the_pools_minutes(serving: Serving) -> None:
    serving.availability("2026-06-10T10:15:00Z", up_s=60)
    serving.lane("EUR-USDT", "EUR")
    serving.lane("EUR-USDT", "USD")

    assert [row["availability_minutes"] for row in serving.ask(window(*HOUR))] == ["1.000000"] * 2
