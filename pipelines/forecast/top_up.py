"""What to do about a balance: by when money must be sent, how much, and when to look again.

The trigger is a reorder point taken from the demand itself: what is taken until money sent now is
usable, at the service level. The amount closes the whole gap to the target in one step.
"""

from __future__ import annotations

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

    taken: Floats
    """3, K: at 50 %, at 90 % and at the service level; net of money known to come."""

    hourly: Floats
    """K: expected in each hour."""

    def by(self, at: datetime, row: int) -> float:
        """Return what has been taken by an instant; beyond the horizon, by its end."""
        seconds = [(end - self.as_of).total_seconds() for end in self.ends]
        curve = np.concatenate([[0.0], self.taken[row]])
        wanted = (at - self.as_of).total_seconds()
        return float(np.interp(wanted, [0.0, *seconds], curve))

    def runs_out(self, spare: float, row: int) -> datetime | None:
        """Return when what is spare has been taken; None where that is beyond the horizon."""
        if spare <= 0:
            return self.as_of
        curve = self.taken[row]
        place = int(np.argmax(curve >= spare))
        if curve[place] < spare:
            return None
        before = 0.0 if place == 0 else float(curve[place - 1])
        start = self.as_of if place == 0 else self.ends[place - 1]
        share = (spare - before) / (float(curve[place]) - before)
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

    A floor that is not given is the expected demand of `floor_days`, a target the floor and the
    demand of `target_days` at the service level. `need` = floor + demand at that level until money
    sent now is usable; the gap is closed to the target, or to the need where that is more.
    `send_by` is null where the floor is not reached within the horizon.
    """
    as_of = outlook.as_of
    usable_at = calendar.usable_at(as_of)
    if floor is None:
        floor = outlook.by(as_of + floor_days * _DAY, EXPECTED)
    if target is None:
        target = floor + outlook.by(as_of + target_days * _DAY, AT_LEVEL)
    need = floor + outlook.by(usable_at, AT_LEVEL)
    missing = max(target, need) - available
    reached = outlook.runs_out(available - floor, AT_LEVEL)
    send_by = None if reached is None else calendar.send_by(reached)
    peak = outlook.next_peak()
    action, next_check = _action(as_of, send_by, usable_at, peak)
    return Advice(
        action=action,
        floor=floor,
        need=need,
        target=target,
        runs_out_p50_at=outlook.runs_out(available - floor, EXPECTED),
        runs_out_p90_at=outlook.runs_out(available - floor, CAUTIOUS),
        send_by=send_by,
        usable_at=usable_at,
        amount_low=max(0.0, missing + outlook.by(usable_at, EXPECTED)),
        amount_high=max(0.0, missing + outlook.by(usable_at, AT_LEVEL)),
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
