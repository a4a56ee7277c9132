"""When money sent is usable, and by when it must be sent: weekends, holidays, cut-offs, clocks.

Goal: the two questions are each other's inverse on any calendar, and the cases people get wrong are
right. Method: cases worked out by hand, and properties over drawn calendars, zones and instants.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.forecast.funding import FundingCalendar, NoBusinessDayError, funding_calendar
from pipelines.windows import parse_instant
from tests.forecast.lives import SETTINGS

WORKDAYS = frozenset(range(5))


def calendar(
    lead: timedelta = timedelta(days=1),
    *,
    zone: str = "Europe/Berlin",
    cut_off: time | None = time(15),
    holidays: frozenset[date] = frozenset(),
) -> FundingCalendar:
    return FundingCalendar(lead, zone, cut_off, WORKDAYS, holidays)


@pytest.mark.parametrize(
    ("sent", "usable"),
    [
        ("2026-06-10T10:00:00Z", "2026-06-11T10:00:00Z"),  # Wednesday noon to Thursday noon
        ("2026-06-10T13:00:00Z", "2026-06-11T13:00:00Z"),  # at the cut-off
        ("2026-06-10T13:00:01Z", "2026-06-11T22:00:00Z"),  # after it: all of Thursday
        ("2026-06-12T10:00:00Z", "2026-06-15T10:00:00Z"),  # Friday noon to Monday noon
        ("2026-06-13T10:00:00Z", "2026-06-15T22:00:00Z"),  # Saturday: all of Monday
        ("2026-03-27T11:00:00Z", "2026-03-30T10:00:00Z"),  # over the weekend the clocks move
    ],
)
def test_a_day_of_lead_time_is_a_business_day(sent: str, usable: str) -> None:
    assert calendar().usable_at(parse_instant(sent)) == parse_instant(usable)


def test_a_bank_holiday_moves_nothing() -> None:
    off = calendar(holidays=frozenset({date(2026, 6, 15)}))
    assert off.usable_at(parse_instant("2026-06-12T10:00:00Z")) == parse_instant(
        "2026-06-16T10:00:00Z"
    )
    assert off.send_by(parse_instant("2026-06-15T20:00:00Z")) == parse_instant(
        "2026-06-11T22:00:00Z"
    ), "Friday has to pass whole"


@pytest.mark.parametrize(
    ("needed", "send_by"),
    [
        ("2026-06-11T10:00:00Z", "2026-06-10T10:00:00Z"),
        ("2026-06-11T20:00:00Z", "2026-06-10T13:00:00Z"),  # the cut-off of the day before
        ("2026-06-15T10:00:00Z", "2026-06-12T10:00:00Z"),  # Monday noon: Friday noon
        ("2026-06-14T10:00:00Z", "2026-06-11T22:00:00Z"),  # Sunday: Friday has to pass whole
    ],
)
def test_money_needed_by_then_is_sent_by_now(needed: str, send_by: str) -> None:
    assert calendar().send_by(parse_instant(needed)) == parse_instant(send_by)


def test_money_that_moves_at_once_every_day_is_usable_after_the_lead_time() -> None:
    always = FundingCalendar(timedelta(hours=1), "UTC", None, frozenset(range(7)), frozenset())
    sent = parse_instant("2026-06-13T23:30:00Z")
    assert always.usable_at(sent) == sent + timedelta(hours=1)
    assert always.send_by(sent) == sent - timedelta(hours=1)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
calendars = st.builds(
    FundingCalendar,
    lead_time=st.timedeltas(timedelta(0), timedelta(days=6)),
    time_zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata"]),
    cut_off=st.none() | st.times(time(1), time(23)),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20),
)


@given(calendars, instants)
def test_what_is_sent_in_time_is_there_and_what_is_sent_later_is_not(
    drawn: FundingCalendar, needed: datetime
) -> None:
    send_by = drawn.send_by(needed)
    assert drawn.usable_at(send_by) <= needed
    # Where the last instant is the end of a day without a cut-off, one microsecond is lost.
    assert drawn.usable_at(send_by + timedelta(microseconds=2)) > needed - timedelta(microseconds=2)


@given(calendars, instants, instants)
def test_money_sent_later_is_never_there_sooner(
    drawn: FundingCalendar, one: datetime, other: datetime
) -> None:
    earlier, later = sorted((one, other))
    assert drawn.usable_at(earlier) <= drawn.usable_at(later)
    assert drawn.usable_at(earlier) >= earlier + drawn.lead_time


def test_a_calendar_without_a_business_day_says_what_to_change() -> None:
    days = frozenset(date(2026, 1, 1) + timedelta(days=number) for number in range(900))
    with pytest.raises(NoBusinessDayError, match="funding_holidays"):
        calendar(holidays=days).usable_at(parse_instant("2026-06-13T10:00:00Z"))


def test_the_settings_make_the_calendar() -> None:
    chosen = SETTINGS.model_copy(update={"funding_business_days": ("sunday", "monday")})
    made = funding_calendar(chosen, "Europe/Berlin")
    assert made.weekdays == {6, 0}
    assert made.time_zone == "Europe/Berlin"
    assert funding_calendar(SETTINGS, "UTC", timedelta(days=3)).lead_time == timedelta(days=3)
