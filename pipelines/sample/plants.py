"""The stories that live in single trades: who is chosen, and what is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.sample import trades as t
from pipelines.sample.partners import Lane
from pipelines.sample.stories import MINUTE_MS, STORIES, Calendar
from pipelines.sample.text import DAY_MS, Ints
from pipelines.sample.trades import Trades


@dataclass
class _Plant:
    """`left` more trades, from `begin` on, of one pool (-1: any), are to be changed."""

    left: int
    begin: int
    pool: int
    change: Callable[[Trades, Ints], None]


def _stay_reserved(trades: Trades, rows: Ints) -> None:
    trades.ending[rows] = t.OPEN


def _debit(how: int) -> Callable[[Trades, Ints], None]:
    def change(trades: Trades, rows: Ints) -> None:
        trades.debit[rows] = how

    return change


def _lose_refund(trades: Trades, rows: Ints) -> None:
    trades.ending[rows] = t.RELEASED
    trades.left_at[rows] = trades.created[rows] + 11 * MINUTE_MS
    trades.refunded[rows] = False


def _dead_letter(trades: Trades, rows: Ints) -> None:
    trades.delivery[rows] = t.DEAD


def _retry(trades: Trades, rows: Ints) -> None:
    trades.delivery[rows] = t.RETRIED


def _return(trades: Trades, rows: Ints) -> None:
    trades.ending[rows] = t.SETTLED
    trades.left_at[rows] = trades.created[rows] + 2 * MINUTE_MS
    trades.returned_at[rows] = trades.left_at[rows] + DAY_MS + trades.created[rows] % (2 * DAY_MS)


def _take_order_away(trades: Trades, rows: Ints) -> None:
    trades.ordered[rows] = False


class Plants:
    """What is still to be planted in one lane."""

    def __init__(self, lane: Lane, calendar: Calendar) -> None:
        names = [pool.pool_id for pool in lane.pools]
        self._waiting: list[_Plant] = []
        for name, count, change in (
            ("ledger_gaps", 2, _debit(t.NEVER_BOOKED)),
            ("ledger_gaps", 1, _debit(t.LOST)),
            ("amount_off", 1, _debit(t.CENT_OFF)),
            ("duplicate_entry", 1, _debit(t.TWICE)),
            ("refund_missing", 1, _lose_refund),
            ("dead_letters", 2, _dead_letter),
            ("webhooks_fail", 1, _retry),
            ("trades_returned", 4, _return),
            ("orders_missing", 2, _take_order_away),
        ):
            place = STORIES[name].pool_id
            pool = names.index(place) if place in names else -1
            if calendar.fits(name):
                self._waiting.append(_Plant(count, calendar.span(name)[0], pool, change))
        for day in range(6 if calendar.fits("reservations_stuck") else 0):
            begin = calendar.span("reservations_stuck")[0] + day * DAY_MS
            self._waiting.append(_Plant(1, begin, -1, _stay_reserved))
        self._outage = calendar.span("webhooks_fail")

    def sow(self, trades: Trades) -> None:
        """Changes the trades whose turn it is; each trade carries at most one story."""
        hooked = (trades.left_at >= self._outage[0]) & (trades.left_at < self._outage[1])
        trades.delivery[hooked] = t.RETRIED
        free = (trades.ending == t.SETTLED) & (trades.returned_at == 0)
        for plant in self._waiting:
            fits = free & (trades.created >= plant.begin)
            if plant.pool >= 0:
                fits &= trades.pool == plant.pool
            rows = np.flatnonzero(fits)[: plant.left]
            if len(rows):
                plant.change(trades, rows)
                plant.left -= len(rows)
                free[rows] = False
        self._waiting = [plant for plant in self._waiting if plant.left]
