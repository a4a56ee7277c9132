"""What follows from trades: observations, ledger entries, webhook deliveries, orders."""

from __future__ import annotations

import numpy as np

from pipelines.sample import trades as t
from pipelines.sample.books import Books
from pipelines.sample.columns import join
from pipelines.sample.files import Files
from pipelines.sample.partners import Lane
from pipelines.sample.render import AGAIN, DEBIT, REFUND, STATUSES, Entries, Renderer
from pipelines.sample.stories import STORIES, Calendar
from pipelines.sample.text import Ints, Mask
from pipelines.sample.trades import Trades, currency_of

RETURNED = STATUSES.index("returned")
_FIRST_DELIVERY_MS = 700
# Minutes after the first attempt at which a failed delivery is tried again.
_RETRIES = (1, 6, 36, 156)


class Settlement:
    """Writes what follows from the trades of one lane, and books it."""

    def __init__(self, lane: Lane, calendar: Calendar, render: Renderer, files: Files) -> None:
        self._lane, self._calendar = lane, calendar
        self._render, self._files = render, files
        self._currency = currency_of(lane)

    def write(self, trades: Trades, part: str, books: Books) -> None:
        """All that is known of new trades, apart from their return."""
        self._book(trades, books)
        left = np.flatnonzero(trades.ending != t.OPEN)
        rows = np.concatenate([np.arange(len(trades)), left])
        status = np.concatenate([np.zeros(len(trades), dtype=np.int64), trades.ending[left]])
        at = np.concatenate([trades.created, trades.left_at[left]])
        order = np.argsort(at, kind="stable")
        self._observe(trades.take(rows[order]), status[order], at[order], part)
        self._enter(self._entries(trades), part)
        self._deliver(trades.take(left), part)
        ordered = trades.take(trades.ordered)
        self._files.write("orders", part, self._render.orders(ordered), len(ordered))

    def write_returns(self, trades: Trades, part: str, books: Books) -> None:
        """The returns of trades, which come days after they settled."""
        if not len(trades):
            return
        status = np.full(len(trades), RETURNED)
        self._observe(trades, status, trades.returned_at, part)
        self._enter(_entries_of(trades, trades.returned_at, trades.cents, REFUND), part)
        currency = self._currency[trades.pool]
        books.book(currency, trades.returned_at, trades.cents)
        books.refund_later(currency, trades.returned_at, trades.cents)

    def _book(self, trades: Trades, books: Books) -> None:
        currency = self._currency[trades.pool]
        booked = _debited(trades) * (trades.debit != t.NEVER_BOOKED)
        books.book(currency, trades.created, -booked)
        books.hold(currency, trades.created, trades.cents)
        left = trades.ending != t.OPEN
        books.hold(currency[left], trades.left_at[left], -trades.cents[left])
        back = _refunded(trades)
        books.book(currency[back], trades.left_at[back], trades.cents[back])
        books.refund_later(currency[back], trades.left_at[back], trades.cents[back])

    def _observe(self, rows: Trades, status: Ints, at: Ints, part: str) -> None:
        """Writes observations; those of the story's hours go into the late file."""
        late = self.is_late(rows.pool, rows.created)
        for chosen, name in ((~late, part), (late, "late")):
            some = rows.take(chosen)
            blocks = self._render.trades(some, status[chosen], at[chosen])
            self._files.write("trades", name, blocks, len(some))

    def is_late(self, pool: Ints, at: Ints) -> Mask:
        """Which records of these pools and times were delivered days late."""
        begin, finish = self._calendar.span("late_records")
        place = STORIES["late_records"].pool_id
        names = np.array([one.pool_id == place for one in self._lane.pools])
        inside: Mask = (at >= begin) & (at < finish) & names[pool]
        return inside

    def _entries(self, trades: Trades) -> Entries:
        there = (trades.debit != t.NEVER_BOOKED) & (trades.debit != t.LOST)
        debits = trades.take(there)
        cents = debits.cents + (debits.debit == t.CENT_OFF)
        twice = trades.take(trades.debit == t.TWICE)
        back = trades.take(_refunded(trades))
        entries = join(
            [
                _entries_of(debits, debits.created, cents, DEBIT),
                _entries_of(twice, twice.created, twice.cents, AGAIN),
                _entries_of(back, back.left_at, back.cents, REFUND),
            ]
        )
        return entries.take(np.argsort(entries.at, kind="stable"))

    def _enter(self, entries: Entries, part: str) -> None:
        self._files.write("ledger", part, self._render.ledger(entries), len(entries))

    def _deliver(self, trades: Trades, part: str) -> None:
        first = trades.left_at + _FIRST_DELIVERY_MS
        plain = trades.delivery == t.DELIVERED
        self._attempt(trades.take(plain), 1, "delivered", first[plain], part)
        failing, since = trades.take(~plain), first[~plain]
        dead = failing.delivery == t.DEAD
        self._attempt(failing, 1, "failed", since, part)
        for number, minutes in enumerate(_RETRIES, 2):
            at = since + minutes * 60_000
            last = "dead_lettered" if number == len(_RETRIES) + 1 else "failed"
            self._attempt(failing.take(dead), number, last, at[dead], part)
            if number == 2:
                self._attempt(failing.take(~dead), number, "delivered", at[~dead], part)

    def _attempt(self, trades: Trades, number: int, outcome: str, at: Ints, part: str) -> None:
        known = at < self._calendar.horizon_ms
        some = trades.take(known)
        if len(some):
            blocks = self._render.webhooks(some, number, outcome, at[known])
            self._files.write("webhooks", part, blocks, len(some))


def _debited(trades: Trades) -> Ints:
    """What the balance was debited: a cent more, or twice as much, where it was booked wrongly."""
    cents: Ints = trades.cents * (1 + (trades.debit == t.TWICE)) + (trades.debit == t.CENT_OFF)
    return cents


def _refunded(trades: Trades) -> Mask:
    gone: Mask = (trades.ending == t.FAILED) | (trades.ending == t.RELEASED)
    return gone & trades.refunded


def _entries_of(trades: Trades, at: Ints, cents: Ints, what: int) -> Entries:
    return Entries(trades.number, trades.pool, at, cents, np.full(len(trades), what))
