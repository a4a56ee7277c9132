"""Top-up advice against a fixed threshold, on simulated partner-months with the same idle cash.

Each partner looks at its balance three times a day and sends money when told to. Money takes one
business day, and what is sent after the cut-off counts from the next. A month has run out when a
balance could not pay what was asked of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from benchmarks.forecasting import Months
from benchmarks.simulation import MONTH_DAYS
from pipelines.forecast.demand import Demand, demand, demand_back_test
from pipelines.forecast.funding import FundingCalendar
from pipelines.forecast.history import History
from pipelines.forecast.ladder import FOLDS
from pipelines.forecast.rounding import rounded_up
from pipelines.forecast.seasons import seasons
from pipelines.forecast.top_up import Outlook, advise
from pipelines.settings import Settings

Floats = npt.NDArray[np.float64]

CHECKS = (9, 12, 15)
"""Clock hours at which a partner looks."""

CALENDAR = FundingCalendar(
    timedelta(days=1), "UTC", time(16), frozenset(range(5)), holidays=frozenset()
)
_MONTH_HOURS = MONTH_DAYS * 24
_HORIZON_DAYS = 10
_FIRST_DAYS = 5
_HOUR = timedelta(hours=1)
_SETTINGS = Settings()


@dataclass(frozen=True, eq=False)
class Followed:
    """What a month was like under one rule."""

    ran_out: npt.NDArray[np.bool_]
    """S."""

    idle_days: float
    """Mean balance over all hours and partners, in mean days of demand."""

    sent_days: float
    """Mean amount sent at a time, in mean days of demand."""


class _Month:
    """The last 30 days of some balances, hour by hour, all at once."""

    def __init__(self, months: Months) -> None:
        series = len(months.pools)
        hourly = months.quarters.reshape(series, -1, 4).sum(axis=2)
        self.flows = hourly[:, -_MONTH_HOURS:]
        before = months.history.flows[:, : months.days.start].sum(axis=(1, 2))
        known = months.history.known[:, : months.days.start].sum(axis=(1, 2)) / 24
        self.size = before / np.maximum(known, 1)
        self.start = datetime.combine(months.history.first, time(0), UTC) + timedelta(
            days=months.days.start
        )

    def at(self, hour: int) -> datetime:
        return self.start + hour * _HOUR


class _Balances:
    """What each balance holds, and what is on its way to it."""

    def __init__(self, month: _Month) -> None:
        self._month = month
        self.held = month.size * _FIRST_DAYS
        self.coming = np.zeros((len(self.held), _MONTH_HOURS + 24 * 14))
        self.ran_out = np.zeros(len(self.held), dtype=bool)
        self._idle = np.zeros(len(self.held))
        self.sent: list[float] = []

    def send(self, number: int, hour: int, amount: float) -> None:
        """Send money now; it is usable when the calendar says."""
        usable = CALENDAR.usable_at(self._month.at(hour)) - self._month.start
        self.coming[number, -(-usable // _HOUR)] += amount
        self.sent.append(amount / self._month.size[number])

    def on_the_way(self, hour: int) -> Floats:
        return self.coming[:, hour:].sum(axis=1)

    def pass_hour(self, hour: int) -> None:
        self.held += self.coming[:, hour]
        left = self.held - self._month.flows[:, hour]
        self.ran_out |= left < 0
        self.held = np.maximum(left, 0.0)
        self._idle += self.held / self._month.size

    def followed(self) -> Followed:
        idle = float(self._idle.mean() / _MONTH_HOURS)
        return Followed(self.ran_out, idle, float(np.mean(self.sent)) if self.sent else 0.0)


def follow_advice(months: Months) -> Followed:
    """Send what the advice says wherever its send-by time comes before the next look."""
    month = _Month(months)
    balances = _Balances(month)
    history = _with_days_ahead(months.history, _HORIZON_DAYS + 1)
    tested = demand_back_test(history, months.days.stop, FOLDS + MONTH_DAYS)
    learned = {}
    for hour in CHECKS:
        moved = history.from_hour(hour)
        learned[hour] = (moved, seasons(moved))
    for hour in range(_MONTH_HOURS):
        if hour % 24 in CHECKS:
            number = months.days.start + hour // 24
            drawn = demand(*learned[hour % 24], number, _HORIZON_DAYS, 0.0, tested.rung_of(number))
            _advise_all(month, balances, drawn, hour)
        balances.pass_hour(hour)
    return balances.followed()


def _advise_all(month: _Month, balances: _Balances, drawn: Demand, hour: int) -> None:
    hours = drawn.paths.shape[1]
    coming = np.cumsum(balances.coming[:, hour : hour + hours], axis=1)
    levels = np.array([0.5, 0.9, float(_SETTINGS.top_up_service_level)])
    gross = drawn.gross(levels)
    net = gross - coming
    next_check = month.at(hour + _hours_to_next_check(hour))
    ends = tuple(month.at(hour + passed + 1) for passed in range(hours))
    for number, held in enumerate(balances.held.tolist()):
        # When a balance runs out before is shown to people, and no part of the advice.
        seen = (curve[:, number] for curve in (gross, net, net))
        outlook = Outlook(month.at(hour), ends, *seen, drawn.hourly[number])
        advice = advise(
            outlook,
            CALENDAR,
            available=held,
            floor=None,
            target=None,
            floor_days=float(_SETTINGS.balance_floor_days),
            target_days=_SETTINGS.balance_target_days,
        )
        if advice.send_by is not None and advice.send_by < next_check and advice.amount_high > 0:
            balances.send(number, hour, float(rounded_up(advice.amount_high, None)))


def _hours_to_next_check(hour: int) -> int:
    clock = hour % 24
    return min((check - clock - 1) % 24 + 1 for check in CHECKS)


def follow_threshold(months: Months, threshold_days: float, sent_days: float) -> Followed:
    """Send `sent_days` mean days of demand whenever balance and transfers are below a threshold."""
    month = _Month(months)
    balances = _Balances(month)
    for hour in range(_MONTH_HOURS):
        if hour % 24 in CHECKS:
            position = balances.held + balances.on_the_way(hour)
            for number in np.nonzero(position < threshold_days * month.size)[0].tolist():
                balances.send(number, hour, sent_days * float(month.size[number]))
        balances.pass_hour(hour)
    return balances.followed()


def equal_threshold(months: Months, advice: Followed) -> Followed:
    """Return the fixed threshold, of all partners alike, that keeps as much idle as the advice."""
    low, high = 0.0, 60.0
    for _ in range(20):
        middle = (low + high) / 2
        followed = follow_threshold(months, middle, advice.sent_days)
        low, high = (middle, high) if followed.idle_days < advice.idle_days else (low, middle)
    return follow_threshold(months, high, advice.sent_days)


def _with_days_ahead(history: History, days: int) -> History:
    """Return the history with days of calendar after it, of which nothing is known."""

    def ahead(cells: Floats, value: float) -> Floats:
        shape = list(cells.shape)
        shape[1] = days
        return np.concatenate([cells, np.full(shape, value)], axis=1)

    order = np.concatenate([history.order, np.repeat(history.order[:, -1:], days, axis=1)], axis=1)
    return History(
        history.first,
        ahead(history.flows, 0.0),
        ahead(history.known, 0.0),
        ahead(history.hours, 1.0),
        order,
    )
