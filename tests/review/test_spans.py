"""A review looks at complete periods of the program's own calendar.

Goal: weeks, months and quarters begin and end where the program's clock says, none is offered
before it is over, and the weeks of the trend end with the period. Method: spans asked for in zones
east and west, over a change of the clock, are compared with dates written by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pipelines.review.spans import TREND_WEEKS, review_windows, trend_weeks, window_before
from pipelines.windows import Window, load_zone

FIRST = datetime(2026, 1, 20, tzinfo=UTC)


def days(windows: list[Window], zone: str) -> list[str]:
    return [str(window.start.astimezone(load_zone(zone)).date()) for window in windows]


def test_only_periods_that_are_over_are_reviewed() -> None:
    just_before = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    midnight = datetime(2026, 3, 31, 22, tzinfo=UTC)
    zone = "Europe/Berlin"
    assert days(review_windows("monthly", zone, FIRST, just_before), zone) == [
        "2026-01-01",
        "2026-02-01",
    ]
    assert days(review_windows("monthly", zone, FIRST, midnight), zone)[-1] == "2026-03-01"
    assert days(review_windows("quarterly", zone, FIRST, midnight), zone) == ["2026-01-01"]
    assert review_windows("quarterly", zone, FIRST, just_before) == []


def test_nothing_is_reviewed_before_anything_is_known() -> None:
    assert review_windows("weekly", "UTC", FIRST, FIRST) == []


@pytest.mark.parametrize(
    ("cadence", "day", "before"),
    [
        ("weekly", datetime(2026, 4, 1, tzinfo=UTC), "2026-03-16"),
        ("monthly", datetime(2026, 4, 1, 12, tzinfo=UTC), "2026-02-01"),
        ("quarterly", datetime(2026, 7, 2, tzinfo=UTC), "2026-01-01"),
    ],
)
def test_the_span_before_is_the_calendar_period_before(
    cadence: str, day: datetime, before: str
) -> None:
    zone = "America/New_York"
    last = review_windows(cadence, zone, FIRST, day)[-1]
    found = window_before(last, zone)
    assert found.end == last.start
    assert days([found], zone) == [before]


def test_the_trend_is_of_complete_weeks_up_to_the_end_of_the_period() -> None:
    zone = "Europe/Berlin"
    june = review_windows("monthly", zone, FIRST, datetime(2026, 7, 3, tzinfo=UTC))[-1]
    weeks = trend_weeks(june, zone)
    assert len(weeks) == TREND_WEEKS + 1
    assert days(weeks, zone)[-1] == "2026-06-22"
    assert weeks[-1].end <= june.end
    assert all(one.end == other.start for one, other in pairwise(weeks))
    # The clock was put forward on 29 March: that week is an hour short.
    lengths = {week.length for week in trend_weeks(weeks[3], zone)}
    assert timedelta(days=7) - timedelta(hours=1) in lengths
