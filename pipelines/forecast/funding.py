"""When money sent is usable, and by when it must be sent: the calendar of a bank transfer.

Money sent on a business day up to the cut-off is under way at once, else from the start of the
next business day. The lead time then passes on business days only: a day of it is a whole local
day, of 23 to 25 hours, and nothing moves on the days between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pipelines.settings import WEEKDAYS, Settings
from pipelines.windows import Window, last_instant, load_zone, local_day

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_MOST_DAYS = 400


class NoBusinessDayError(ValueError):
    """A funding calendar has no business day within a year; the message says what to change."""


@dataclass(frozen=True, slots=True)
class FundingCalendar:
    """How long funding takes, and on which days it moves."""

    lead_time: timedelta
    time_zone: str
    cut_off: time | None
    """Local; None means until the end of the day."""

    weekdays: frozenset[int]
    """The business days; 0 is Monday."""

    holidays: frozenset[date]

    def usable_at(self, sent: datetime) -> datetime:
        """Return the aware UTC instant at which money sent at `sent` is usable."""
        day = local_day(self.time_zone, sent)
        at = sent.astimezone(UTC)
        if not self.is_business_day(day) or at > self._closing(day):
            day = next(self._business_days(day, 1))
            at = day.start
        left = self.lead_time
        while left > day.end - at:
            left -= day.end - at
            day = next(self._business_days(day, 1))
            at = day.start
        return at + left

    def send_by(self, needed: datetime) -> datetime:
        """Return the last aware UTC instant of sending for money to be usable by `needed`."""
        at = needed.astimezone(UTC)
        day = local_day(self.time_zone, at - _INSTANT)
        if not self.is_business_day(day):
            day = next(self._business_days(day, -1))
            at = day.end
        left = self.lead_time
        while left > at - day.start:
            left -= at - day.start
            day = next(self._business_days(day, -1))
            at = day.end
        at -= left
        return at if at == day.start else min(at, self._closing(day))

    def is_business_day(self, day: Window) -> bool:
        """Whether transfers move on the local `day`."""
        local = day.start.astimezone(load_zone(self.time_zone)).date()
        return local.weekday() in self.weekdays and local not in self.holidays

    def _closing(self, day: Window) -> datetime:
        if self.cut_off is None:
            return last_instant(day)
        here = load_zone(self.time_zone)
        local = day.start.astimezone(here).date()
        return datetime.combine(local, self.cut_off, here).astimezone(UTC)

    def _business_days(self, day: Window, step: int) -> Iterator[Window]:
        """Yield the business days after `day`, or before it where `step` is -1."""
        for _ in range(_MOST_DAYS):
            beside = day.end if step > 0 else day.start - _INSTANT
            day = local_day(self.time_zone, beside)
            if self.is_business_day(day):
                yield day
        raise NoBusinessDayError(
            f"no business day within {_MOST_DAYS} days; check funding_business_days and"
            " funding_holidays"
        )


def funding_calendar(
    settings: Settings, time_zone: str, lead_time: timedelta | None = None
) -> FundingCalendar:
    """Return the calendar of the settings; `time_zone` is that of a program without its own."""
    return FundingCalendar(
        settings.funding_lead_time if lead_time is None else lead_time,
        settings.funding_time_zone or time_zone,
        settings.funding_cut_off,
        frozenset(WEEKDAYS.index(name) for name in settings.funding_business_days),
        frozenset(settings.funding_holidays),
    )
