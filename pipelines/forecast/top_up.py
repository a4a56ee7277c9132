"""What to do about a balance: by when money must be sent, how much, and when to look again.

The trigger is a reorder point taken from the demand itself: what is taken until money sent now is
usable, at the service level. The amount closes the whole gap to the target in one step.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from pipelines.forecast.funding import FundingCalendar
from pipelines.forecast.local_hours import Floats
from pipelines.forecast.shapes import Action

_DAY = timedelta(days=1)

EXPECTED, CAUTIOUS, AT_LEVEL = range(3)
"""The rows of a demand curve: at 50 %, at 90 %, and at the service level."""


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
        return self._at(at, self.net[row])

    def taken_in(self, days: float, row: int) -> float:
        """Return what is taken in some days, whatever comes."""
        return self._at(self.as_of + days * _DAY, self.gross[row])

    def _at(self, at: datetime, curve: Floats) -> float:
        place = bisect_left(self.ends, at)
        if place == len(self.ends):
            return float(curve[-1])
        start = self.ends[place - 1] if place else self.as_of
        before = float(curve[place - 1]) if place else 0.0
        share = (at - start) / (self.ends[place] - start)
        return before + share * (float(curve[place]) - before)

    def runs_out(self, spare: float, row: int) -> datetime | None:
        """Return when what is spare has been taken; None where that is beyond the horizon."""
        return self.as_of if spare <= 0 else self._passes(spare, self.most[row], 0)

    def is_short_at(self, spare: float, row: int, usable_at: datetime) -> datetime | None:
        """Return when what is spare has been taken, from `usable_at` on: as_of if by then already.

        What runs out before money sent now could be there, and is made good by money on its way,
        is no reason to send more. None where nothing is short within the horizon.
        """
        if self.by(usable_at, row) >= spare:
            return self.as_of
        first = bisect_right(self.ends, usable_at)
        return self._passes(spare, self.net[row], first) if first < len(self.ends) else None

    def _passes(self, spare: float, curve: Floats, first: int) -> datetime | None:
        """Return when a curve first is at `spare`, from hour `first` on, between hours by share."""
        place = first + int(np.argmax(curve[first:] >= spare))
        if curve[place] < spare:
            return None
        before = 0.0 if place == 0 else float(curve[place - 1])
        start = self.as_of if place == 0 else self.ends[place - 1]
        share = (spare - before) / (float(curve[place]) - before) if before < spare else 0.0
        moment = start + (self.ends[place] - start) * share
        return moment.replace(microsecond=0)

    def next_peak(self) -> datetime:
        """Return when the busiest expected hour of the next 24 that has not begun begins."""
        return self.ends[int(np.argmax(self.hourly[1:24]))]


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
    short_at = outlook.is_short_at(spare, AT_LEVEL, usable_at)
    send_by = None if short_at is None else calendar.send_by(short_at)
    peak = outlook.next_peak()
    action, next_check = _action(as_of, send_by, usable_at, peak)
    # Money must last at least until what is sent when this has come could be there.
    until = calendar.usable_at(usable_at)
    if target is None:
        until = max(until, usable_at + target_days * _DAY)
    low, high = (
        max(
            outlook.by(until, row) - spare,
            0.0 if target is None else target - available + outlook.by(usable_at, row),
        )
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
        amount_low=max(0.0, low),
        amount_high=max(0.0, high),
        next_peak_at=peak,
        next_check_at=next_check,
    )


def _action(
    as_of: datetime, send_by: datetime | None, usable_at: datetime, peak: datetime
) -> tuple[Action, datetime]:
    """Return what to do, and when to look again."""
    if send_by is not None and send_by <= as_of:
        return "top_up_now", usable_at
    if send_by is not None and send_by <= peak:
        return "review_top_up_before_daily_peak", send_by
    return "no_action", peak
