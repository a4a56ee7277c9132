"""A period means the same to everybody, and what it is compared with stops where it stops.

Goal: each named period begins and ends on its zone's calendar and never after `as_of`, also across
a change of clocks; what it is compared with has the same elapsed part and can be answered from
stored buckets. Method: instants picked by hand around midnights, months and changes of clocks, and
the same laws over drawn instants and zones.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.periods import (
    COMPARISONS,
    MOST_WINDOWS,
    PRESETS,
    axis_times,
    choose_period,
    coarser_grain,
    compare,
    cut,
    grain,
    last_windows,
)
from pipelines.windows import QUARTER_HOUR, WindowError

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe")
AS_OF = datetime(2026, 6, 30, 23, 49, 6, 978000, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("preset", "zone", "start", "end", "is_open"),
    [
        ("today", "UTC", "2026-06-30", "2026-06-30T23:49:06.978", True),
        ("today", "Europe/Berlin", "2026-06-30T22:00", "2026-06-30T23:49:06.978", True),
        ("yesterday", "Asia/Kolkata", "2026-06-29T18:30", "2026-06-30T18:30", False),
        ("24h", "Asia/Kolkata", "2026-06-29T23:49:06.978", "2026-06-30T23:49:06.978", False),
        ("7d", "UTC", "2026-06-23", "2026-06-30", False),
        ("30d", "Europe/Berlin", "2026-05-31T22:00", "2026-06-30T22:00", False),
        ("week", "UTC", "2026-06-29", "2026-06-30T23:49:06.978", True),
        ("month", "Europe/Berlin", "2026-06-30T22:00", "2026-06-30T23:49:06.978", True),
        ("last_week", "UTC", "2026-06-22", "2026-06-29", False),
        ("last_month", "UTC", "2026-05-01", "2026-06-01", False),
        ("last_month", "Europe/Berlin", "2026-05-31T22:00", "2026-06-30T22:00", False),
        ("last_quarter", "UTC", "2026-01-01", "2026-04-01", False),
        ("last_quarter", "Europe/Berlin", "2026-03-31T22:00", "2026-06-30T22:00", False),
    ],
)
def test_a_named_period_follows_the_calendar_of_its_zone(
    preset: str, zone: str, start: str, end: str, is_open: bool
) -> None:
    period = choose_period(preset, AS_OF, zone)
    assert (period.window.start, period.window.end) == (utc(start), utc(end))
    assert period.is_open is is_open


def test_at_midnight_itself_today_is_the_day_that_just_ended() -> None:
    midnight = utc("2026-06-30")
    today = choose_period("today", midnight, "UTC")
    assert (today.window.start, today.window.end) == (utc("2026-06-29"), midnight)
    assert not today.is_open
    assert choose_period("7d", midnight, "UTC").window.end == midnight


def test_complete_days_across_a_change_of_clocks_are_whole_local_days() -> None:
    spring = choose_period("7d", utc("2026-03-31T10:00"), "Europe/Berlin")
    assert spring.window.length == timedelta(hours=7 * 24 - 1)
    autumn = choose_period("7d", utc("2026-10-28T10:00"), "Europe/Berlin")
    assert autumn.window.length == timedelta(hours=7 * 24 + 1)


def test_chosen_days_are_cut_at_the_newest_data() -> None:
    chosen = (date(2026, 6, 29), date(2026, 7, 5))
    period = choose_period("custom", AS_OF, "UTC", chosen)
    assert (period.window.start, period.window.end) == (utc("2026-06-29"), AS_OF)
    assert period.is_open


@pytest.mark.parametrize(
    "days",
    [
        None,
        (date(2026, 6, 5), date(2026, 6, 4)),
        (date(2026, 7, 2), date(2026, 7, 3)),
    ],
)
def test_days_that_cannot_be_shown_are_refused(days: tuple[date, date] | None) -> None:
    with pytest.raises(WindowError):
        choose_period("custom", AS_OF, "UTC", days)


def test_a_period_nobody_knows_is_refused() -> None:
    with pytest.raises(WindowError, match="no period 'fortnight'"):
        choose_period("fortnight", AS_OF, "UTC")


def exact_days_before() -> set[datetime]:
    return {AS_OF - timedelta(days=days) for days in range(16)}


@pytest.mark.parametrize(
    ("preset", "how", "start", "end"),
    [
        ("today", "previous", "2026-06-29", "2026-06-29T23:49:06.978"),
        ("today", "weekdays", "2026-06-23", "2026-06-23T23:49:06.978"),
        ("24h", "previous", "2026-06-28T23:49:06.978", "2026-06-29T23:49:06.978"),
        ("7d", "previous", "2026-06-16", "2026-06-23"),
        ("30d", "weekdays", "2026-04-26", "2026-05-26"),
        ("week", "previous", "2026-06-22", "2026-06-23T23:49:06.978"),
        ("month", "previous", "2026-05-01", "2026-05-30T23:45"),
        ("last_month", "previous", "2026-04-01", "2026-05-01"),
        ("last_week", "previous", "2026-06-15", "2026-06-22"),
        ("last_quarter", "previous", "2025-10-01", "2026-01-01"),
        ("last_quarter", "year", "2025-01-01", "2025-04-01"),
        ("7d", "year", "2025-06-23", "2025-06-30"),
        ("month", "year", "2025-06-01", "2025-06-30T23:45"),
        ("24h", "year", "2025-06-29T23:45", "2025-06-30T23:45"),
    ],
)
def test_a_comparison_covers_the_same_elapsed_part(
    preset: str, how: str, start: str, end: str
) -> None:
    compared = compare(choose_period(preset, AS_OF, "UTC"), how, exact_days_before())
    assert compared is not None
    assert (compared.window.start, compared.window.end) == (utc(start), utc(end))


def test_an_instant_that_no_bucket_is_split_at_moves_back_to_its_quarter_of_an_hour() -> None:
    compared = compare(choose_period("today", AS_OF, "UTC"), "previous", exact=())
    assert compared is not None
    assert compared.as_of == utc("2026-06-29T23:45")


def test_the_31st_is_compared_with_the_whole_shorter_month() -> None:
    compared = compare(choose_period("month", utc("2026-03-31T12:00"), "UTC"), "previous", ())
    assert compared is not None
    assert (compared.window.start, compared.window.end) == (utc("2026-02-01"), utc("2026-03-01"))


def test_comparing_with_nothing_gives_nothing() -> None:
    assert compare(choose_period("7d", AS_OF, "UTC"), "none", ()) is None


def test_the_first_minutes_of_a_day_have_nothing_answerable_to_compare_with() -> None:
    early = choose_period("today", utc("2026-06-30T00:07"), "UTC")
    assert compare(early, "previous", ()) is None


instants = st.integers(0, 4 * 365 * 86_400).map(
    lambda seconds: utc("2024-01-01") + timedelta(seconds=seconds)
)
named = st.sampled_from([preset for preset in PRESETS if preset != "custom"])


@given(as_of=instants, preset=named, zone=st.sampled_from(ZONES), how=st.sampled_from(COMPARISONS))
def test_no_period_reaches_beyond_as_of_nor_its_comparison_into_it(
    as_of: datetime, preset: str, zone: str, how: str
) -> None:
    period = choose_period(preset, as_of, zone)
    assert period.window.end <= as_of
    compared = compare(period, how, ())
    if compared is None:
        return
    assert compared.window.end <= compared.as_of < as_of
    assert compared.window.start < period.window.start
    assert (compared.as_of - utc("2024-01-01")) % QUARTER_HOUR == timedelta(0)
    if preset not in ("month", "last_month", "last_quarter"):
        assert compared.window.end <= period.window.end
        a_clock_change = timedelta(hours=1) + QUARTER_HOUR
        a_leap_day = timedelta(days=1 if how == "year" else 0)
        difference = abs(compared.window.length - period.window.length)
        assert difference <= a_clock_change + a_leap_day


@given(as_of=instants, preset=named, zone=st.sampled_from(ZONES))
def test_the_windows_of_a_period_cover_it_without_a_gap(
    as_of: datetime, preset: str, zone: str
) -> None:
    period = choose_period(preset, as_of, zone)
    for name in {grain(period.window.length), coarser_grain(period.window.length)}:
        windows = cut(period, name, "part")
        assert len(windows) <= MOST_WINDOWS + 2
        assert windows[0].start == period.window.start
        assert all(one.end == two.start for one, two in pairwise(windows))
        assert windows[-1].end >= period.window.end
        assert period.is_open or windows[-1].end == period.window.end


def test_the_last_windows_end_with_the_one_that_holds_as_of() -> None:
    hours = last_windows("1h", timedelta(days=1), choose_period("7d", AS_OF, "UTC"), "hours")
    assert hours[0].start == utc("2026-06-29T23:00")
    assert hours[-1].start < AS_OF < hours[-1].end


def test_axis_times_are_the_clock_of_the_zone_while_it_keeps_one_offset() -> None:
    first_of_july = datetime.fromisoformat("2026-07-01")
    assert axis_times([utc("2026-06-30T22:00")], "Europe/Berlin") == [first_of_july]
    assert axis_times([utc("2026-06-30T18:30")], "Asia/Kolkata") == [first_of_july]
    assert axis_times([], "UTC") == []


def test_no_two_hours_fall_on_one_place_of_the_axis_when_clocks_go_back() -> None:
    hours = [utc("2026-10-25T00:00") + timedelta(hours=n) for n in range(4)]
    places = axis_times(hours, "Europe/Berlin")
    assert len(set(places)) == 4
    assert places == sorted(places)
