"""The spans of a review: complete calendar periods of the program's zone, and the weeks before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pipelines.windows import Window, calendar_windows

WINDOW_OF: Mapping[str, str] = {"weekly": "week", "monthly": "month", "quarterly": "quarter"}
"""The calendar window of each review cadence."""

TREND_WEEKS = 13
_DAY = timedelta(days=1)


def review_windows(cadence: str, zone: str, first_event: datetime, as_of: datetime) -> list[Window]:
    """Return the complete periods of `zone` that hold known time, the oldest first.

    `cadence` is a key of `WINDOW_OF`; times are aware. The first may begin before `first_event`.
    """
    if first_event >= as_of:
        return []
    windows = calendar_windows(WINDOW_OF[cadence], first_event, as_of, zone)
    return [window for window in windows if window.end <= as_of]


def window_before(window: Window, zone: str) -> Window:
    """The calendar period just before `window`, of the same name."""
    return calendar_windows(window.name, window.start - _DAY, window.start, zone)[-1]


def trend_weeks(window: Window, zone: str) -> list[Window]:
    """The last complete weeks of `zone` that end by the end of `window`, one more than shown.

    The oldest is there to compare the next one with.
    """
    earliest = window.end - (TREND_WEEKS + 2) * 7 * _DAY
    weeks = calendar_windows("week", earliest, window.end, zone)
    return [week for week in weeks if week.end <= window.end][-(TREND_WEEKS + 1) :]
