"""Windows of time: calendar windows of any zone, rolling windows, times and durations as text.

Goal: the windows of a range leave no gap and do not overlap, begin where the zone's clock says, and
last what really elapsed, also on days of 23 and 25 hours and in zones off the hour. Method: known
days by hand, every zone at once for what must hold in all of them, and random ranges.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.windows import (
    CALENDAR_NAMES,
    MAX_WINDOWS,
    ROLLING_LENGTHS,
    Window,
    WindowError,
    calendar_windows,
    format_instant,
    local_day,
    local_day_starts,
    parse_duration,
    parse_instant,
    rolling_window,
)

HOUR = timedelta(hours=1)
ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Pacific/Apia",
    "Pacific/Chatham",
)


def spans(name: str, start: str, end: str, zone: str) -> list[tuple[str, str]]:
    return [
        (format_instant(window.start), format_instant(window.end))
        for window in calendar_windows(name, parse_instant(start), parse_instant(end), zone)
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("15m", ("2026-08-13T10:15:00Z", "2026-08-13T10:30:00Z")),
        ("1h", ("2026-08-13T10:00:00Z", "2026-08-13T11:00:00Z")),
        ("day", ("2026-08-12T22:00:00Z", "2026-08-13T22:00:00Z")),
        ("week", ("2026-08-09T22:00:00Z", "2026-08-16T22:00:00Z")),
        ("month", ("2026-07-31T22:00:00Z", "2026-08-31T22:00:00Z")),
        ("quarter", ("2026-06-30T22:00:00Z", "2026-09-30T22:00:00Z")),
    ],
)
def test_a_range_is_widened_to_whole_windows_of_the_zone(
    name: str, expected: tuple[str, str]
) -> None:
    instant = ("2026-08-13T10:16:00Z", "2026-08-13T10:16:00.000001Z")

    assert spans(name, *instant, "Europe/Paris") == [expected]


def test_a_range_that_ends_on_a_bound_does_not_touch_the_next_window() -> None:
    assert spans("1h", "2026-08-13T10:00:00Z", "2026-08-13T12:00:00Z", "UTC") == [
        ("2026-08-13T10:00:00Z", "2026-08-13T11:00:00Z"),
        ("2026-08-13T11:00:00Z", "2026-08-13T12:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-10", 24)]
)
def test_a_day_lasts_as_long_as_its_clock_says_and_has_as_many_hours(day: str, hours: int) -> None:
    noon = parse_instant(f"{day}T12:00:00Z")
    (whole,) = calendar_windows("day", noon, noon + HOUR, "Europe/Paris")
    parts = calendar_windows("1h", whole.start, whole.end, "Europe/Paris")

    assert whole.length == hours * HOUR
    assert [part.length for part in parts] == [HOUR] * hours
    assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Asia/Kolkata", "2026-06-10T10:30:00Z"),
        ("Asia/Kathmandu", "2026-06-10T10:15:00Z"),
        ("Europe/Paris", "2026-06-10T11:00:00Z"),
    ],
)
def test_hours_begin_where_the_clock_of_the_zone_reads_a_whole_hour(zone: str, start: str) -> None:
    (first, *_) = spans("1h", "2026-06-10T11:07:00Z", "2026-06-10T11:08:00Z", zone)

    assert first[0] == start


def test_where_clocks_move_by_half_an_hour_one_hour_is_longer_and_none_is_lost() -> None:
    # Lord Howe, 5 April 2026, 02:00 becomes 01:30, at 15:00 UTC on the 4th.
    found = spans("1h", "2026-04-04T13:00:00Z", "2026-04-04T16:30:00Z", "Australia/Lord_Howe")

    assert found == [
        ("2026-04-04T13:00:00Z", "2026-04-04T14:00:00Z"),
        ("2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z"),
        ("2026-04-04T15:30:00Z", "2026-04-04T16:30:00Z"),
    ]


def test_a_day_begins_after_a_midnight_that_the_clock_skips() -> None:
    # Cairo, 24 April 2026: 00:00 becomes 01:00.
    (day,) = spans("day", "2026-04-24T10:00:00Z", "2026-04-24T11:00:00Z", "Africa/Cairo")

    assert day == ("2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z")


def test_a_day_begins_at_the_first_of_two_midnights() -> None:
    # Havana, 1 November 2026: 01:00 becomes 00:00.
    (day,) = spans("day", "2026-11-01T12:00:00Z", "2026-11-01T13:00:00Z", "America/Havana")

    assert day == ("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")


def test_a_date_that_a_zone_left_out_has_no_window() -> None:
    # Apia went from 29 to 31 December 2011.
    found = spans("day", "2011-12-30T00:00:00Z", "2011-12-31T00:00:00Z", "Pacific/Apia")

    assert found == [
        ("2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
    ]


@given(
    name=st.sampled_from(CALENDAR_NAMES),
    zone=st.sampled_from(ZONES),
    start=st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    length=st.timedeltas(timedelta(microseconds=1), timedelta(days=5)),
)
@settings(max_examples=150)
def test_windows_cover_their_range_without_gap_or_overlap_and_no_further(
    name: str, zone: str, start: datetime, length: timedelta
) -> None:
    end = start + length

    windows = calendar_windows(name, start, end, zone)

    assert windows[0].start <= start < windows[0].end
    assert windows[-1].start < end <= windows[-1].end
    assert all(first.end == second.start for first, second in pairwise(windows))
    for window in windows:
        local = window.start.astimezone(ZoneInfo(zone))
        assert window.start.minute % 15 == window.start.second == window.start.microsecond == 0
        if name == "1h":
            assert local.minute == 0
        if name == "week":
            assert local.weekday() == 0
        if name in ("month", "quarter"):
            assert local.day == 1
        if name == "quarter":
            assert local.month in (1, 4, 7, 10)


def test_every_offset_of_every_zone_since_2000_is_a_multiple_of_a_quarter_hour() -> None:
    odd = {
        zone
        for zone in available_timezones()
        for year in range(2000, 2031, 5)
        for month in (1, 7)
        if (datetime(year, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() or timedelta(0))
        % timedelta(minutes=15)
    }

    assert odd == set()


@pytest.mark.parametrize("name", ROLLING_LENGTHS)
def test_a_rolling_window_lasts_real_time_and_ends_at_any_instant(name: str) -> None:
    end = datetime(2026, 3, 29, 3, 7, 13, 5, tzinfo=timezone(2 * HOUR))

    window = rolling_window(name, end)

    assert window == Window(end.astimezone(UTC) - ROLLING_LENGTHS[name], end.astimezone(UTC), name)
    assert window.end.tzinfo is UTC


def test_the_local_day_of_an_instant_holds_it() -> None:
    day = local_day("America/New_York", parse_instant("2026-06-10T03:59:59Z"))

    assert (format_instant(day.start), format_instant(day.end)) == (
        "2026-06-09T04:00:00Z",
        "2026-06-10T04:00:00Z",
    )
    assert local_day("America/New_York", day.end).start == day.end


def test_local_day_starts_reach_from_the_day_of_the_start_to_the_end_itself() -> None:
    found = local_day_starts(
        "Europe/Paris",
        parse_instant("2026-03-28T12:00:00Z"),
        parse_instant("2026-03-30T22:00:00Z"),
    )

    assert [format_instant(start) for start in found] == [
        "2026-03-27T23:00:00Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T22:00:00Z",
        "2026-03-30T22:00:00Z",
    ]


@pytest.mark.parametrize(
    ("name", "start", "end", "zone", "message"),
    [
        ("hour", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "UTC", "choose one of 15m, 1h"),
        ("day", "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z", "UTC", "must be earlier"),
        ("day", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "UTC", "must be earlier"),
        ("day", "1999-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "UTC", "outside 2000-2100"),
        ("day", "2026-01-01T00:00:00Z", "2101-01-01T00:00:00Z", "UTC", "outside 2000-2100"),
        ("day", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "Mars/Base", "IANA name"),
        ("day", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "../passwd", "IANA name"),
        ("day", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "", "IANA name"),
        ("15m", "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z", "UTC", f"more than {MAX_WINDOWS}"),
    ],
)
def test_a_range_that_cannot_be_cut_into_windows_says_what_to_give(
    name: str, start: str, end: str, zone: str, message: str
) -> None:
    with pytest.raises(WindowError, match=message):
        calendar_windows(name, parse_instant(start), parse_instant(end), zone)


def test_just_as_many_windows_as_allowed_are_made() -> None:
    start = parse_instant("2026-01-01T00:00:00Z")

    windows = calendar_windows("15m", start, start + MAX_WINDOWS * HOUR / 4, "UTC")

    assert len(windows) == MAX_WINDOWS


def test_a_rolling_window_of_an_unknown_length_is_refused() -> None:
    with pytest.raises(WindowError, match="choose one of 1h, 24h, 7d, 30d"):
        rolling_window("day", parse_instant("2026-01-01T00:00:00Z"))


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what is being refused
    with pytest.raises(WindowError, match="no offset"):
        rolling_window("1h", naive)
    with pytest.raises(WindowError, match="no offset"):
        format_instant(naive)
    with pytest.raises(WindowError, match="not an aware UTC instant"):
        Window(naive, naive + HOUR, "1h")


def test_a_window_is_in_utc_and_not_empty() -> None:
    start = parse_instant("2026-01-01T00:00:00Z")
    with pytest.raises(WindowError, match="empty"):
        Window(start, start, "1h")
    with pytest.raises(WindowError, match="not an aware UTC instant"):
        Window(start.astimezone(timezone(HOUR)), start + HOUR, "1h")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-06-30T10:15:00Z", datetime(2026, 6, 30, 10, 15, tzinfo=UTC)),
        ("2026-06-30t10:15:00z", datetime(2026, 6, 30, 10, 15, tzinfo=UTC)),
        ("2026-06-30T12:15:00+02:00", datetime(2026, 6, 30, 10, 15, tzinfo=UTC)),
        ("2026-06-30T10:15:00.5-00:00", datetime(2026, 6, 30, 10, 15, 0, 500_000, tzinfo=UTC)),
        ("2026-06-30T10:15:00.000001Z", datetime(2026, 6, 30, 10, 15, 0, 1, tzinfo=UTC)),
    ],
)
def test_an_rfc_3339_time_is_read_as_utc(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant
    assert parse_instant(text).tzinfo is UTC
    assert parse_instant(format_instant(instant)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-30",
        "2026-06-30T10:15:00",
        "2026-06-30 10:15:00Z",
        "2026-06-30T10:15Z",
        "2026-06-30T10:15:60Z",
        "2026-02-29T10:15:00Z",
        "2026-06-30T24:00:00Z",
        "2026-06-30T10:15:00+24:00",
        "2026-06-30T10:15:00+0200",
        "2026-06-30T10:15:00.1234567Z",
        "2026-06-30T10:15:00Z\n",
        "٢٠٢٦-06-30T10:15:00Z",
        "",
    ],
)
def test_any_other_time_is_refused(text: str) -> None:
    with pytest.raises(WindowError, match="not an RFC 3339 time with an offset"):
        parse_instant(text)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 6, 30, 10, 15, tzinfo=UTC), "2026-06-30T10:15:00Z"),
        (datetime(2026, 6, 30, 10, 15, 0, 250_000, tzinfo=UTC), "2026-06-30T10:15:00.250000Z"),
        (datetime(2026, 6, 30, 10, 15, tzinfo=timezone(2 * HOUR)), "2026-06-30T08:15:00Z"),
    ],
)
def test_a_time_is_written_in_utc_with_microseconds_only_where_there_are_any(
    instant: datetime, text: str
) -> None:
    assert format_instant(instant) == text


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("1h", HOUR),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "15", "m", "0s", "-1h", "1.5h", "1w", "1H", " 1h", "1h\n", "01h", "٣h", "1h30m"]
)
def test_any_other_duration_is_refused(text: str) -> None:
    with pytest.raises(WindowError, match="write 90s, 15m, 1h or 7d"):
        parse_duration(text)


def test_a_duration_beyond_all_calendars_is_refused() -> None:
    assert parse_duration("999999999d").days == 999_999_999
    with pytest.raises(WindowError, match="not a duration"):
        parse_duration("9999999999d")
