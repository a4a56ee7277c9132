"""What to do about a balance: by when money must be sent, how much, and when to look again.

The trigger is a reorder point taken from the demand itself: what is taken until money sent now is
usable, at the service level. The amount closes the whole gap to the target in one step.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from pipelines.forecast.funding import FundingCalendar
from pipelines.forecast.local_hours import Floats
from pipelines.forecast.shapes import Action

_DAY = timedelta(days=1)

EXPECTED_LEVEL, CAUTIOUS_LEVEL = 0.5, 0.9
EXPECTED, CAUTIOUS, AT_LEVEL = range(3)
"""The rows of a demand curve: at 50 %, at 90 %, and at the service level."""


@dataclass(frozen=True, eq=False)
class Curve:
    """What is taken from a balance by the end of each of some hours that follow each other."""

    as_of: datetime
    """Aware UTC; where the first hour begins, if that is among them."""

    ends: Sequence[datetime]
    """K: when each hour ends; aware UTC, ascending."""

    values: Floats
    """K."""

    def at(self, instant: datetime) -> float:
        """Return what is taken by an instant; beyond the last hour, by its end."""
        place = bisect_left(self.ends, instant)
        if place == len(self.ends):
            return float(self.values[-1])
        start, before = self._before(place)
        share = (instant - start) / (self.ends[place] - start)
        return before + share * (float(self.values[place]) - before)

    def passes(self, spare: float, first: int) -> datetime | None:
        """Return when `spare` has been taken, from hour `first` on, between hours by share."""
        place = first + int(np.argmax(self.values[first:] >= spare))
        if self.values[place] < spare:
            return None
        start, before = self._before(place)
        share = (spare - before) / (float(self.values[place]) - before) if before < spare else 0.0
        moment = start + (self.ends[place] - start) * share
        return moment.replace(microsecond=0)

    def is_short_at(self, spare: float, usable_at: datetime) -> datetime | None:
        """Return when what is spare has been taken, from `usable_at` on: as_of if by then already.

        What runs out before money sent now could be there, and is made good by money on its way,
        is no reason to send more. None where nothing is short within the hours.
        """
        if self.at(usable_at) >= spare:
            return self.as_of
        first = bisect_right(self.ends, usable_at)
        return self.passes(spare, first) if first < len(self.ends) else None

    def _before(self, place: int) -> tuple[datetime, float]:
        """Return when an hour begins, and what has been taken by then."""
        if place == 0:
            return self.as_of, 0.0
        return self.ends[place - 1], float(self.values[place - 1])


@dataclass(frozen=True, eq=False)
class Outlook:
    """The demand on one balance: what has been taken at most by the end of each hour."""

    as_of: datetime
    ends: tuple[datetime, ...]
    """K: when each hour ends; aware UTC, ascending."""

    gross: Floats
    """3, K: what is taken by the end of each hour, at 50 %, at 90 % and at the service level."""

    net: Floats
    """3, K: the same less the money that has come by then."""

    most: Floats
    """3, K: the most that net demand has been so far."""

    hourly: Floats
    """K: expected in each hour."""

    def by(self, at: datetime, row: int) -> float:
        """Return net demand by an instant; beyond the horizon, by its end."""
        return self.curve(self.net[row]).at(at)

    def taken_in(self, days: float, row: int) -> float:
        """Return what is taken in some days, whatever comes."""
        return self.curve(self.gross[row]).at(self.as_of + days * _DAY)

    def refused_by(self, at: datetime, row: int, available: float) -> float:
        """Return what is asked for by an instant while nothing of `available` is left."""
        place = bisect_left(self.ends, at)
        come = np.concatenate([[0.0], self.gross[row] - self.net[row]])
        asked = np.append(self.gross[row][:place], self.curve(self.gross[row]).at(at))
        return max(0.0, float((asked - come[: place + 1]).max()) - available)

    def runs_out(self, spare: float, row: int) -> datetime | None:
        """Return when what is spare has been taken; None where that is beyond the horizon."""
        return self.as_of if spare <= 0 else self.curve(self.most[row]).passes(spare, 0)

    def curve(self, values: Floats) -> Curve:
        """Return values by the end of each hour as a curve."""
        return Curve(self.as_of, self.ends, values)

    def next_peak(self) -> datetime:
        """Return when the busiest expected hour of the next 24 begins."""
        return busiest(self.ends, self.hourly)


def busiest(ends: Sequence[datetime], hourly: Floats) -> datetime:
    """Return when the busiest of the next 24 hours that has not begun begins."""
    return ends[int(np.argmax(hourly[1:24]))]


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, in float64 of the balance's currency."""

    action: Action
    floor: float
    need: float
    target: float
    runs_out_p50_at: datetime | None
    runs_out_p90_at: datetime | None
    send_by: datetime | None
    usable_at: datetime
    amount_low: float
    amount_high: float
    next_peak_at: datetime
    next_check_at: datetime


def advise(
    outlook: Outlook,
    calendar: FundingCalendar,
    *,
    available: float,
    floor: float | None,
    target: float | None,
    floor_days: float,
    target_days: float,
) -> Advice:
    """Return what to do about a balance of which `available` can be used at `outlook.as_of`.

    A floor that is not given is the expected demand of `floor_days`; a target that is not given
    is the floor and the demand of `target_days` at the service level. `need` = floor + demand at
    that level until money sent now is usable, net of what is on its way. `send_by` is null where
    the floor is not reached within the horizon.
    """
    as_of = outlook.as_of
    usable_at = calendar.usable_at(as_of)
    if floor is None:
        floor = outlook.taken_in(floor_days, EXPECTED)
    spare = available - floor
    peak = outlook.next_peak()
    needed = outlook.curve(outlook.net[AT_LEVEL])
    action, send_by, next_check = due(needed, calendar, spare, usable_at, peak)
    # Money must last at least until what is sent when this has come could be there.
    until = calendar.usable_at(usable_at)
    if target is None:
        until = max(until, usable_at + target_days * _DAY)
    low, high = (
        _missing(outlook, row, available, floor, target, (usable_at, until))
        for row in (EXPECTED, AT_LEVEL)
    )
    if target is None:
        target = floor + outlook.taken_in(target_days, AT_LEVEL)
    return Advice(
        action=action,
        floor=floor,
        need=floor + outlook.by(usable_at, AT_LEVEL),
        target=target,
        runs_out_p50_at=outlook.runs_out(spare, EXPECTED),
        runs_out_p90_at=outlook.runs_out(spare, CAUTIOUS),
        send_by=send_by,
        usable_at=usable_at,
        amount_low=low,
        amount_high=max(low, high),
        next_peak_at=peak,
        next_check_at=next_check,
    )


def _missing(
    outlook: Outlook,
    row: int,
    available: float,
    floor: float,
    target: float | None,
    bounds: tuple[datetime, datetime],
) -> float:
    """Return what money sent now has to be, so that it is enough from when it is usable on.

    `bounds` are when it is usable, and until when it has to last above the floor. Where a target is
    set, what a balance of nothing refuses before is not sent for; where none is, it stays as the
    margin with which balances were measured to last.
    """
    usable_at, until = bounds
    if target is None:
        return max(0.0, floor + outlook.by(until, row) - available)
    by_then = outlook.by(usable_at, row)
    left = available - by_then + outlook.refused_by(usable_at, row, available)
    lasting = floor + outlook.by(until, row) - by_then
    return max(0.0, lasting - left, target - left)


def due(
    needed: Curve, calendar: FundingCalendar, spare: float, usable_at: datetime, peak: datetime
) -> tuple[Action, datetime | None, datetime]:
    """Return what to do, by when money must be sent, and when to look again.

    `needed` is net demand at the service level, `spare` what of the balance is above its floor,
    `usable_at` when money sent now could be there, `peak` when the next busy hour begins.
    """
    short_at = needed.is_short_at(spare, usable_at)
    send_by = None if short_at is None else calendar.send_by(short_at)
    if send_by is not None and send_by <= needed.as_of:
        return "top_up_now", send_by, usable_at
    if send_by is not None and send_by <= peak:
        return "review_top_up_before_daily_peak", send_by, send_by
    return "no_action", send_by, peak
