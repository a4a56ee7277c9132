"""Pictures of the band and of the week keep zero, missing and not yet apart.

Goal: the band's line spans its whole day and the use ends where knowledge ends, an unknown band or
hour is no zero, and every chart of the page stays within its number of marks. Method: rows by
hand, and the specifications drawn without a browser.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipelines.periods import Period, choose_period
from pipelines.windows import Window, local_day
from reports import charts_growth, growth, spread
from reports import format as text
from reports.band import BandDay, BandDays
from reports.pictures import picture

ZONE = "Europe/Berlin"
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = local_day(ZONE, AS_OF)
PERIOD = choose_period("7d", AS_OF, "UTC")
Row = dict[str, Any]


def level(start: datetime, end: datetime, used: str, limit: str | None = "1000") -> Row:
    whole = None if limit is None else Decimal(limit)
    return {
        "pool_id": "EUR-USDT",
        "currency": "EUR",
        "window_start": start,
        "window_end": end,
        "daily_band_used": Decimal(used),
        "daily_band_limit": whole,
        "daily_band_room": None if whole is None else whole - Decimal(used),
        "daily_band_usage": None if whole is None else Decimal(used) / whole,
        "daily_band_is_shared": False,
    }


def days(*rows: Row) -> BandDays:
    return BandDays(rows, [DAY], PERIOD, ZONE, BandDay([], DAY, PERIOD, ZONE))


def test_the_bands_line_spans_the_whole_day_and_the_use_ends_with_what_is_known() -> None:
    quarter = timedelta(minutes=15)
    rows = [level(DAY.start + n * quarter, DAY.start + (n + 1) * quarter, "10") for n in range(3)]
    lines = BandDay(rows, DAY, PERIOD, ZONE).table.to_pylist()
    at = {name: [line["at"] for line in lines if line["series"] == name] for name in SERIES}
    assert at["Band in force"] == [datetime(2026, 6, 30), datetime(2026, 7, 1)]  # noqa: DTZ001
    assert at["Used"][0] == datetime(2026, 6, 30)  # noqa: DTZ001
    assert at["Used"][-1] == datetime(2026, 6, 30, 0, 45)  # noqa: DTZ001


SERIES = ("Used", "Band in force")


def test_an_unknown_band_leaves_the_line_out_and_says_why() -> None:
    row = level(DAY.start, DAY.end, "10", None)
    lines = days(row).table.to_pylist()
    assert (lines[0]["used"], lines[0]["band"], lines[0]["limit"]) == (10.0, None, text.UNKNOWN)
    assert "Not known" in BandDay([row], DAY, PERIOD, ZONE).words
    assert BandDay([], DAY, PERIOD, ZONE).words == ""


def test_a_day_still_open_is_partial() -> None:
    (line,) = days(level(DAY.start, DAY.end, "10")).table.to_pylist()
    assert line["state"] == "partial"


def test_changes_are_told_with_the_day_they_hold_from() -> None:
    starts = [DAY.start + timedelta(days=n) for n in range(3)]
    rows = [
        level(start, start + timedelta(days=1), "10", limit)
        for start, limit in zip(starts, ("1000", "1000", "1500"), strict=True)
    ]
    assert days(*rows).changes == ("The band was changed: 1,000.00 to 1,500.00 from 2 Jul 2026 on.")
    assert days(*rows[:2]).changes == ""


def cell(weekday: int, hour: int, requests: int, share: str | None) -> Row:
    return {
        "weekday": weekday,
        "clock_hour": hour,
        "hours": 4,
        "currency": "EUR",
        "quote_requests": requests,
        "settled_volume": Decimal(10),
        "approved_band": None if share is None else Decimal(4000),
        "execution_utilization": None if share is None else Decimal(share),
    }


def test_an_hour_without_records_is_unknown_and_a_quiet_one_is_zero() -> None:
    lines = spread.week_table([cell(1, 9, 8, "0.5"), cell(2, 9, 0, "0")], "quote_requests")
    shown = {(line["weekday"], line["hour"]): line for line in lines.to_pylist()}
    assert shown["Mon", "09:00"]["shade"] == 1.0
    quiet, unknown = shown["Tue", "09:00"], shown["Wed", "09:00"]
    assert (quiet["shown"], quiet["state"], quiet["shade"]) == ("0", "known", 0.0)
    assert (unknown["shown"], unknown["state"]) == (text.UNKNOWN, "not known")
    assert quiet["base"] == "in 4 hours"


def test_an_hour_without_a_band_has_an_unknown_share_of_it() -> None:
    (line,) = [
        one
        for one in spread.week_table([cell(1, 9, 8, None)], "execution_utilization").to_pylist()
        if (one["weekday"], one["hour"]) == ("Mon", "09:00")
    ]
    assert (line["state"], line["base"]) == ("not known", "4 hours without a band")


def test_a_week_of_nothing_has_no_shade() -> None:
    lines = spread.week_table([cell(1, 9, 0, "0")], "quote_requests").to_pylist()
    assert max(line["shade"] or 0 for line in lines) == 0.0


def test_the_hours_reach_back_four_weeks_or_the_period_but_no_further_than_13_weeks() -> None:
    def length(preset: str) -> int:
        return len(growth.asked_hours(choose_period(preset, AS_OF, "UTC")))

    assert length("yesterday") == 28 * 24
    assert length("30d") == 30 * 24
    wide = Period("custom", "UTC", Window(AS_OF - timedelta(days=300), AS_OF, "p"), AS_OF, True)
    assert len(growth.asked_hours(wide)) == 91 * 24


def test_the_words_name_complete_hours_only() -> None:
    half_past = AS_OF + timedelta(minutes=30)
    period = choose_period("24h", half_past, "UTC")
    assert "2 Jun 2026, 12:00 to 30 Jun 2026, 12:00" in growth.hours_words(period)


def test_a_short_period_shows_the_days_before_it_and_a_long_one_stays_within_its_marks() -> None:
    short = growth.asked_windows(choose_period("24h", AS_OF, ZONE))
    shown = [window for window in short if window.name == "days"]
    assert len(shown) == 14
    assert shown[-1] == Window(DAY.start, DAY.end, "days")
    wide = Period("custom", "UTC", Window(AS_OF - timedelta(days=900), AS_OF, "p"), AS_OF, True)
    assert len([w for w in growth.asked_windows(wide) if w.name == "days"]) <= 200
    assert len(growth.band_days(wide, ZONE)) == 200


def test_every_picture_can_be_drawn_and_says_its_values() -> None:
    quarter = DAY.start + timedelta(minutes=15)
    tables = {
        "day": (BandDay([level(DAY.start, quarter, "10")], DAY, PERIOD, ZONE).table, "10.00 EUR"),
        "days": (days(level(DAY.start, DAY.end, "10")).table, "10.00 EUR"),
        "week": (spread.week_table([cell(1, 9, 8, "0.5")], "quote_requests"), "in 4 hours"),
    }
    for name, (table, said) in tables.items():
        drawn = picture(getattr(charts_growth, name)(), table, "Title", "under", "svg").decode()
        assert said in drawn
        assert "Title" in drawn
