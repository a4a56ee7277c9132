"""Hand-worked examples of calendar windows, local days and the bands and usages that hang on
them, around real changes of clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from .examples import at, figures, limit, program, rows, trade
from .zones import calendar_windows

LONG_AGO = "2026-01-01T00:00:00Z"


def spans(window: str, from_: str, to: str, zone: str) -> list[tuple[str, timedelta]]:
    """Each window's UTC start, to the minute, and its length."""
    found = calendar_windows(
        window, datetime.fromisoformat(from_), datetime.fromisoformat(to), ZoneInfo(zone)
    )
    return [(start.strftime("%m-%d %H:%M"), end - start) for start, end in found]


def test_local_days_have_23_24_and_25_hours() -> None:
    spring = spans("day", "2026-03-28T12:00Z", "2026-03-29T12:00Z", "Europe/Berlin")
    assert spring == [("03-27 23:00", timedelta(hours=24)), ("03-28 23:00", timedelta(hours=23))]
    autumn = spans("day", "2026-11-01T04:00Z", "2026-11-02T05:00Z", "America/New_York")
    assert autumn == [("11-01 04:00", timedelta(hours=25))]
    half = spans("day", "2026-04-04T20:00Z", "2026-04-04T20:01Z", "Australia/Lord_Howe")
    assert half == [("04-04 13:00", timedelta(hours=24, minutes=30))]


@pytest.mark.parametrize(
    ("window", "first", "length"),
    [
        ("15m", "06-17 10:15", timedelta(minutes=15)),
        ("1h", "06-17 09:30", timedelta(hours=1)),
        ("day", "06-16 18:30", timedelta(days=1)),
        ("week", "06-14 18:30", timedelta(days=7)),
        ("month", "05-31 18:30", timedelta(days=30)),
        ("quarter", "03-31 18:30", timedelta(days=91)),
    ],
)
def test_a_moment_widens_to_the_whole_window_of_its_zone(
    window: str, first: str, length: timedelta
) -> None:
    found = spans(window, "2026-06-17T10:20:00Z", "2026-06-17T10:20:01Z", "Asia/Kolkata")
    assert found == [(first, length)]


def test_windows_that_only_touch_the_span_are_left_out() -> None:
    found = spans("1h", "2026-06-17T10:00Z", "2026-06-17T12:00Z", "UTC")
    assert [start for start, _ in found] == ["06-17 10:00", "06-17 11:00"]


def test_a_repeated_hour_is_two_windows_and_half_an_hour_repeated_is_half_a_window() -> None:
    berlin = spans("1h", "2026-10-25T00:00Z", "2026-10-25T02:00Z", "Europe/Berlin")
    assert berlin == [("10-25 00:00", timedelta(hours=1)), ("10-25 01:00", timedelta(hours=1))]
    island = spans("1h", "2026-04-04T14:00Z", "2026-04-04T16:00Z", "Australia/Lord_Howe")
    lengths = [timedelta(minutes=minutes) for minutes in (60, 30, 60)]
    assert island == list(zip(("04-04 14:00", "04-04 15:00", "04-04 15:30"), lengths, strict=True))


BANDS = [
    # Berlin midnights in June are at 22:00 UTC the evening before
    limit("daily_band", "100", LONG_AGO),
    limit("daily_band", "200", "2026-06-16T10:00:00Z"),
    limit("daily_band", "400", "2026-06-17T22:00:00Z", effective_to="2026-06-18T22:00:00Z"),
]
EVENING = "21:59:59.999999"


@pytest.mark.parametrize(
    ("window", "start", "end", "as_of", "band"),
    [
        ("day", "15T22:00", "16T22:00", "30T00:00", 100),
        ("day", "16T22:00", "17T22:00", "30T00:00", 200),
        ("week", "14T22:00", "21T22:00", "30T00:00", 100 + 100 + 200 + 400 + 200 * 3),
        # up to as_of: Monday to Wednesday have started
        ("week", "14T22:00", "21T22:00", "17T12:00", 100 + 100 + 200),
        ("1h", "16T11:00", "16T12:00", "30T00:00", 100),
        ("1h", "17T22:00", "17T23:00", "30T00:00", 400),
        # over a midnight: the day that holds the start
        ("1h", "17T21:30", "17T22:30", "30T00:00", 200),
        ("24h", "15T12:00", "16T12:00", "30T00:00", 200),
        ("24h", "15T12:00", "16T12:00", "16T09:00", 100),
        # the local days that start inside: the 16th, 17th ... 22nd
        ("7d", "15T12:00", "22T12:00", "30T00:00", 100 + 200 + 400 + 200 * 4),
    ],
)
def test_the_approved_band_is_that_of_the_windows_local_days(
    window: str, start: str, end: str, as_of: str, band: int
) -> None:
    records = {"limits": BANDS, "programs": [program("Europe/Berlin")]}
    instants = {"start": start, "end": end, "as_of": as_of}
    spelled = {name: f"2026-06-{text}:00Z" for name, text in instants.items()}
    assert figures(records, "approved_band", window=window, **spelled) == [band]


def test_a_day_without_a_band_leaves_the_window_without_one() -> None:
    records = {"limits": [limit("daily_band", "100", at("00:00", "2026-06-16"))]}
    week = {"start": at("00:00"), "end": at("00:00", "2026-06-22"), "window": "week"}
    assert figures(records, "approved_band", **week) == [None]
    week["start"] = at("00:00", "2026-06-16")
    assert figures(records, "approved_band", **week) == [600]


def test_daily_usage_drops_failed_trades_and_belongs_to_the_day_just_before() -> None:
    trades = (
        trade("t1", at(EVENING, "2026-06-14"), "64")
        + trade("t2", at("22:00", "2026-06-14"), "10")
        + trade("t3", at("08:00"), "20", settled=at("08:30"))
        + trade("t4", at("09:00"), "40", failed=at("21:00"))
        + trade("t5", at("09:00"), "70", released=at("09:30"))
    )
    records = {"trades": trades, "limits": BANDS, "programs": [program("Europe/Berlin")]}
    usage = "daily_band_usage"
    assert figures(records, usage) == [Decimal("0.7")]
    # a failure at T itself is not yet in
    assert figures(records, usage, end=at("21:00")) == [Decimal("0.7")]
    assert figures(records, usage, end=at("22:00"), window="day") == [Decimal("0.3")]
    assert figures(records, usage, end=at("22:00:00.000001")) == [0]


def test_a_limit_of_the_whole_currency_is_used_by_all_its_pools() -> None:
    own = trade("t1", at("10:30"), "10")
    other = [each | {"pool_id": "pool-b"} for each in trade("t2", at("10:00", "2026-06-14"), "30")]
    older = trade("t3", at("10:59:59", "2026-06-14"), "5")
    programs = [program("UTC", "ramp", "pool-a")]
    wide = limit("velocity_24h", "100", LONG_AGO, pool_id=None)
    records = {"trades": own + older + other, "limits": [wide], "programs": programs}
    day = {"start": at("09:00", "2026-06-14"), "end": at("10:00:00.000001"), "window": "24h"}
    pool_b = {**records, "trades": other}
    assert figures({**records, "trades": own + older}, "velocity_24h_usage") == [Decimal("0.1")]
    found = {each["pool_id"]: each["velocity_24h_usage"] for each in rows(records, **day)}
    assert found == {"pool-a": Decimal("0.05"), "pool-b": Decimal("0.05")}
    day["end"] = at("10:00")
    found = {each["pool_id"]: each["velocity_24h_usage"] for each in rows(records, **day)}
    assert found == {"pool-a": Decimal("0.35"), "pool-b": Decimal("0.35")}
    dollars = [each | {"fiat_currency": "USD"} for each in trade("t4", at("09:00"), "50")]
    mixed = {**records, "trades": own + older + other + dollars}
    found = {(r["pool_id"], r["currency"]): r["velocity_24h_usage"] for r in rows(mixed, **day)}
    assert found["pool-a", "EUR"] == Decimal("0.35")
    assert found["pool-a", "USD"] is None
    narrow = limit("velocity_24h", "50", LONG_AGO, pool_id="pool-b")
    both = {**pool_b, "limits": [wide, narrow], "programs": []}
    assert figures(both, "velocity_24h_usage", **day) == [Decimal("0.6")]


def test_the_largest_order_of_the_window_is_held_against_the_limit_at_its_end() -> None:
    limits = [limit("max_order", "100", LONG_AGO), limit("max_order", "50", at("11:00"))]
    trades = trade("t1", at("10:10"), "40") + trade("t2", at("10:20"), "25")
    records = {"trades": trades, "limits": limits}
    assert figures(records, "max_order_usage") == [Decimal("0.8")]
    assert figures(records, "max_order_usage", as_of=at("10:59")) == [Decimal("0.4")]
    assert figures(records, "max_order_usage", start=at("10:30")) == [None]


def test_the_day_is_that_of_the_program_that_approves_the_pool() -> None:
    # at 23:00 UTC it is the 16th in Berlin and still the 15th in New York
    bands = [limit("daily_band", "1", LONG_AGO), limit("daily_band", "2", at("22:00"))]
    berlin = program("Europe/Berlin", "b")
    york = program("America/New_York", "a")
    hour = {"start": at("23:00"), "end": at("23:30")}
    elsewhere = york | {"approved_pools": ["pool-a", "pool-x"]}
    replaced = york | {"approved_pools": ["pool-x"], "effective_from": "2026-02-01T00:00:00Z"}

    def band(*programs: dict[str, object]) -> list[object]:
        records = {"limits": bands, "programs": list(programs)}
        found = rows(records, **hour)
        return [row["approved_band"] for row in found if row["pool_id"] == "pool-a"]

    assert band(berlin) == [2]
    assert band(berlin, elsewhere) == [1]
    assert band(berlin, elsewhere, replaced) == [2]
    assert band(berlin, replaced, elsewhere) == [2]
    assert band(replaced) == [1]
    assert band() == [1]
    future = {"effective_from": "2026-07-01T00:00:00Z"}
    assert band(berlin | future) == [1]
