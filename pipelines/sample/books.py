"""The partner's pre-funded balances: top-ups, what calls they refuse, and their snapshots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample.limits import fitting
from pipelines.sample.partners import Lane, limits_of, round_figure
from pipelines.sample.stories import HOUR_MS, MINUTE_MS, Calendar
from pipelines.sample.text import DAY_MS, Ints, Mask

SNAPSHOT_MS = 30 * MINUTE_MS
_TOP_UP_HOUR = 8.5
_RELIEF_MS = 12 * HOUR_MS
_SHORT_MS = 14 * DAY_MS


@dataclass(frozen=True)
class TopUp:
    """Money that arrived: currency by position, time in ms, cents."""

    currency: int
    at: int
    cents: int


def expected_day(lane: Lane, currency: str) -> int:
    """The usual day's traded volume of a currency, in cents."""
    return sum(limits_of(lane, pool).expected_day for pool in lane.pools if pool.fiat == currency)


def balance_target(lane: Lane, currency: str) -> int:
    """What a top-up fills the balance to: twelve usual days, or a few large orders.

    Enough that money is on its way before anyone has to ask for it, on long weekends too.
    """
    return _days_of(lane, currency, 12)


def bare_level(lane: Lane, currency: str) -> int:
    """What a balance must be filled to on working days just to last from Friday to Monday."""
    return _days_of(lane, currency, 4.2)


def _days_of(lane: Lane, currency: str, days: float) -> int:
    largest = max(limits_of(lane, pool).max_order for pool in lane.pools if pool.fiat == currency)
    return round_figure(max(days * expected_day(lane, currency), 4 * largest))


class Books:
    """Running balances of one lane, in cents by currency."""

    def __init__(self, lane: Lane, calendar: Calendar) -> None:
        self._calendar = calendar
        self._targets = [balance_target(lane, currency) for currency in lane.currencies]
        self._bare = [bare_level(lane, currency) for currency in lane.currencies]
        self._paused, self._pause_ends = calendar.span("balance_low")
        begin = calendar.begin_ms
        self._balances = [self._target(one, begin) for one in range(len(self._targets))]
        self._spent = [0] * len(self._targets)  # since top-ups last made good for it
        self._relief: int | None = None
        self._refunds: list[tuple[int, int, int]] = []  # time, currency, cents
        shape = (len(lane.currencies), calendar.days * DAY_MS // SNAPSHOT_MS + 1)
        self.available = np.zeros(shape, dtype=np.int64)
        self.reserved = np.zeros(shape, dtype=np.int64)
        self.top_ups = [
            TopUp(number, calendar.begin_ms + 5_000, cents)
            for number, cents in enumerate(self._balances)
        ]
        for top_up in self.top_ups:
            self.book(np.array([top_up.currency]), np.array([top_up.at]), np.array([top_up.cents]))

    def _slot(self, at: Ints) -> Ints:
        last = self.available.shape[1] - 1
        return np.minimum((at - self._calendar.begin_ms) // SNAPSHOT_MS, last)

    def book(self, currency: Ints, at: Ints, cents: Ints) -> None:
        """Signed movements of the balance, for the snapshots."""
        np.add.at(self.available, (currency, self._slot(at)), cents)

    def hold(self, currency: Ints, at: Ints, cents: Ints) -> None:
        """Signed movements of what is reserved, for the snapshots."""
        np.add.at(self.reserved, (currency, self._slot(at)), cents)

    def refund_later(self, currency: Ints, at: Ints, cents: Ints) -> None:
        """Refunds that may be spent once their time has come."""
        self._refunds += zip(at.tolist(), currency.tolist(), cents.tolist(), strict=True)

    def _collect(self, before: int) -> None:
        for at, currency, cents in self._refunds:
            if at < before:
                self._balances[currency] += cents
                self._spent[currency] -= cents
        self._refunds = [refund for refund in self._refunds if refund[0] >= before]

    def _scheduled(self, currency: int, begin: int, finish: int) -> list[int]:
        """Top-ups of working days in a span; the first currency's pause until its relief."""
        found = []
        for midnight in range(begin // DAY_MS * DAY_MS, finish, DAY_MS):
            at = midnight + round(_TOP_UP_HOUR * HOUR_MS)
            working = (midnight // DAY_MS + 3) % 7 < 5
            paused = (
                currency == 0
                and self._paused <= at < self._pause_ends
                and (self._relief is None or at < self._relief)
            )
            if working and begin <= at < finish and not paused:
                found.append(at)
        relief = self._relief
        if currency == 0 and relief is not None and begin <= relief < finish:
            found.append(relief)
        return sorted(set(found))

    def _target(self, currency: int, at: int) -> int:
        """What a top-up fills to: less and less of the first currency's before its pause."""
        full, bare = self._targets[currency], self._bare[currency]
        short = min(max(1 - (self._paused - at - DAY_MS) / _SHORT_MS, 0), 1)
        return full - round((full - bare) * short) if currency == 0 and at < self._paused else full

    def _fill(self, currency: int, at: int) -> None:
        if self._spent[currency] < self._bare[currency] // 8:
            return
        missing = self._target(currency, at) - self._balances[currency]
        cents = round_figure(max(missing, self._spent[currency] / 10))
        self._balances[currency] += cents
        self._spent[currency] -= round_figure(self._spent[currency])
        self.top_ups.append(TopUp(currency, at, cents))
        self.book(np.array([currency]), np.array([at]), np.array([cents]))

    def refused(self, currency: int, created: Ints, cents: Ints, begin: int, finish: int) -> Mask:
        """Which of these calls (in the order of time) the balance cannot pay.

        Tops the balance up on the way: on working days, and twelve hours after the first refusal
        of the paused days.
        """
        self._collect(begin)
        refused = np.zeros(len(cents), dtype=np.bool_)
        row, now = 0, begin
        while True:
            coming = self._scheduled(currency, now, finish)
            stop = int(np.searchsorted(created, coming[0])) if coming else len(cents)
            fits = fitting(cents[row:stop], self._balances[currency])
            if self._calls_relief(currency, created[row:stop][~fits]):
                continue  # the transfer may arrive before `stop`
            refused[row:stop] = ~fits
            paid = int(cents[row:stop][fits].sum())
            self._balances[currency] -= paid
            self._spent[currency] += paid
            if not coming:
                return refused
            self._fill(currency, coming[0])
            row, now = stop, coming[0] + 1

    def _calls_relief(self, currency: int, refusals: Ints) -> bool:
        """Whether these refusals are the first of the pause, so that a transfer is now sent."""
        inside = refusals[(refusals >= self._paused) & (refusals < self._pause_ends)]
        if currency != 0 or self._relief is not None or not len(inside):
            return False
        self._relief = int(inside[0]) + _RELIEF_MS
        return True
