"""A plain reading of what `docs/reconciliation.md` says, one trade and one entry after the other.

It knows no SQL and is in no hurry: small books only. `breaks` yields what is wrong with the books,
`state` what is said of it as of a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.oracle.fields import maybe_text

from .sides import Books, Entry, Order, Trade

EARLY = timedelta(minutes=1)
SIGNS = {"buy_debit": -1, "buy_refund": 1}
AT_ONCE = ("duplicate_entry", "conflict", "illegal_transition")
"""Kinds that no later entry can mend."""


@dataclass(frozen=True)
class Break:
    """One thing that does not tie out. `closed_at` is when what it lacked was booked."""

    kind: str
    event_at: datetime
    amount: Decimal | None
    currency: str | None
    pool_id: str | None
    transact_id: str | None = None
    entry_id: str | None = None
    partner_reference: str | None = None
    match: str = "none"
    candidates: tuple[str, ...] = ()
    closed_at: datetime | None = None

    @property
    def is_guess(self) -> bool:
        """Whether this is no exception but a pair that amount and time alone made."""
        return self.match == "weak"


@dataclass(frozen=True)
class Claim:
    """The trade an entry belongs to; where there are several, none, and those."""

    trade: Trade | None
    candidates: tuple[str, ...] = ()


def state(found: Break, as_of: datetime, lateness: timedelta) -> str | None:
    """What is said of a break as of a time; None where it has not come up."""
    if found.event_at >= as_of:
        return None
    if found.closed_at is not None and (found.is_guess or found.closed_at < as_of):
        return "resolved"
    if found.kind not in AT_ONCE and as_of - found.event_at <= lateness:
        return "pending"
    return "open"


def breaks(books: Books) -> list[Break]:
    """Everything that does not tie out in these books, and the pairs that were guessed."""
    found = list(_contradictions(books))
    if first_day := known_from(books):
        found += _Ledger(books, first_day).breaks()
    trades_from = _first_day([trade.created_at for trade in books.trades])
    orders_from = _first_day([order.created_at for order in books.orders])
    if orders_from and trades_from:
        found += _order_breaks(books, orders_from, trades_from)
    return found


def counted(
    found: list[Break], as_of: datetime, lateness: timedelta, lane: tuple[str, str | None]
) -> list[datetime]:
    """Event times of the exceptions that `ledger_exceptions` counts for a pool and currency."""
    pool_id, currency = lane
    return [
        each.event_at
        for each in found
        if each.pool_id == pool_id
        and each.currency in (currency, None)
        and not each.is_guess
        and each.closed_at != each.event_at
        and state(each, as_of, lateness) in ("open", "resolved")
    ]


def known_from(books: Books) -> datetime | None:
    """The first day from which trades and entries are both known."""
    ledger_from = _first_day([entry.created_at for entry in books.entries])
    trades_from = _first_day([trade.created_at for trade in books.trades])
    return max(ledger_from, trades_from) if ledger_from and trades_from else None


def claim(books: Books, entry: Entry) -> Claim:
    """Rule after rule: the quote, the trade, then the order or reference of the partner."""
    by_quote = [trade for trade in books.trades if trade.quote_id == entry.ref]
    if len(by_quote) > 1:
        named = [trade for trade in by_quote if trade.transact_id == entry.transact_id]
        by_quote = named or by_quote
    by_trade = [
        trade for trade in books.trades if trade.transact_id in (entry.transact_id, entry.ref)
    ]
    by_order = [
        trade
        for trade in books.trades
        if entry.ref == trade.partner_reference
        or any(
            _joins(order, trade) for order in books.orders if order.partner_reference == entry.ref
        )
    ]
    for several in (by_quote, by_trade, by_order):
        if len(several) == 1:
            return Claim(several[0])
        if several:
            return Claim(None, tuple(sorted(trade.transact_id for trade in several)))
    return Claim(None)


class _Ledger:
    """The comparison of trades with entries from one day on."""

    def __init__(self, books: Books, first_day: datetime) -> None:
        self.books = books
        self.first_day = first_day
        self.entries = [
            entry
            for entry in books.entries
            if entry.created_at >= first_day and entry.reason in SIGNS
        ]
        self.pay_ins = [entry for entry in books.entries if entry.reason == "payin_credit"]
        self.of_trade: dict[tuple[str, str], list[Entry]] = {}
        self.loose: list[tuple[Entry, Claim]] = []
        for entry in sorted(books.entries, key=lambda each: (each.created_at, each.entry_id)):
            if entry.reason not in SIGNS:
                continue
            belongs = claim(books, entry)
            if belongs.trade:
                key = (belongs.trade.transact_id, entry.reason)
                self.of_trade.setdefault(key, []).append(entry)
            elif entry in self.entries:
                self.loose.append((entry, belongs))

    def breaks(self) -> Iterator[Break]:
        for trade in self.books.trades:
            yield from self._trade(trade)
        yield from self._guesses()
        yield from _double_pay_ins(self.pay_ins)

    def _trade(self, trade: Trade) -> Iterator[Break]:
        debits = self.of_trade.get((trade.transact_id, "buy_debit"), [])
        refunds = self.of_trade.get((trade.transact_id, "buy_refund"), [])
        of_debits = list(self._payment(trade, debits, trade.created_at))
        if trade.undone_at:
            of_refunds = list(self._payment(trade, refunds, trade.undone_at))
        else:
            of_refunds = [_of_entry("refund_without_trade", each, trade) for each in refunds]
        yield from self._netted(of_debits, of_refunds)

    def _payment(self, trade: Trade, entries: list[Entry], due_at: datetime) -> Iterator[Break]:
        """What is wrong with the entries of one reason that a trade should have once."""
        if not entries:
            return
        reason = entries[0].reason
        side = "debit" if reason == "buy_debit" else "refund"
        expected = SIGNS[reason] * trade.amount
        own = [entry for entry in entries if entry.currency == trade.currency]
        best = min(own or entries, key=lambda each: abs(each.delta - expected))
        if entries[0].created_at - due_at > self.books.lateness and due_at >= self.first_day:
            late = _of_trade(f"trade_without_{side}", trade, due_at)
            yield replace(late, closed_at=entries[0].created_at)
        if due_at - best.created_at > self.books.lateness and best.created_at >= self.first_day:
            yield replace(_of_entry(f"{side}_without_trade", best, trade), closed_at=due_at)
        if own and _sum(own) == expected:
            yield from self._in_parts(trade, own, expected)
            yield from self._odd(trade, [entry for entry in entries if entry not in own])
            return
        again = [each for each in entries if each is not best and _same(each, best)]
        for entry in again:
            yield _of_entry("duplicate_entry", entry, trade)
        rest = [entry for entry in entries if entry not in again]
        odd = [each for each in rest if each.currency != trade.currency and each is not best]
        if best.delta == expected:
            odd = [each for each in rest if each is not best]
        difference = _sum([each for each in rest if each in own and each not in odd]) - expected
        if difference:
            mismatch = _of_entry("amount_mismatch", best, trade)
            yield replace(mismatch, amount=difference, currency=trade.currency)
        yield from self._odd(trade, odd)

    def _odd(self, trade: Trade, entries: list[Entry]) -> Iterator[Break]:
        """Entries beside those that come to the amount: all of each is too much."""
        for entry in filter(lambda each: each.delta, entries):
            yield replace(_of_entry("amount_mismatch", entry, trade), amount=entry.delta)

    def _in_parts(self, trade: Trade, own: list[Entry], expected: Decimal) -> Iterator[Break]:
        """Nothing, where the parts were booked in time; else what lacked until the last came."""
        opens_at = own[0].created_at + self.books.lateness
        difference = _sum([each for each in own if each.created_at <= opens_at]) - expected
        if difference:
            mismatch = _of_entry("amount_mismatch", own[0], trade)
            yield replace(mismatch, amount=difference, closed_at=own[-1].created_at)

    def _netted(self, debits: list[Break], refunds: list[Break]) -> Iterator[Break]:
        """A refund too many takes back a debit too many of the same amount."""
        kinds = ("duplicate_entry", "refund_without_trade")
        too_many = [each for each in refunds if each.kind in kinds and not each.closed_at]
        for debit in debits:
            if debit.kind != "duplicate_entry":
                yield debit
                continue
            back = next((each for each in too_many if self._takes_back(each, debit)), None)
            if back is None:
                yield debit
                continue
            too_many.remove(back)
            refunds.remove(back)
            yield replace(debit, closed_at=max(back.event_at, debit.event_at))
        yield from (
            refund
            for refund in refunds
            if refund.kind != "refund_without_trade" or refund.event_at >= self.first_day
        )

    def _takes_back(self, refund: Break, debit: Break) -> bool:
        deltas = {entry.entry_id: entry.delta for entry in self.books.entries}
        return (
            refund.entry_id is not None
            and debit.entry_id is not None
            and refund.currency == debit.currency
            and deltas[refund.entry_id] == -deltas[debit.entry_id]
        )

    def _guesses(self) -> Iterator[Break]:
        """What no id explains: paired by amount and time where only one pair is possible."""
        missing = [
            (trade, reason, due_at)
            for trade in self.books.trades
            for reason, due_at in (("buy_debit", trade.created_at), ("buy_refund", trade.undone_at))
            if due_at
            and due_at >= self.first_day
            and not self.of_trade.get((trade.transact_id, reason))
        ]
        unnamed = [entry for entry, _ in self.loose if self._is_unnamed(entry)]

        def fits(trade: Trade, reason: str, due_at: datetime, entry: Entry) -> bool:
            return (
                (entry.reason, entry.currency) == (reason, trade.currency)
                and entry.delta == SIGNS[reason] * trade.amount
                and -EARLY <= entry.created_at - due_at <= self.books.lateness
            )

        entries_of = {
            place: [entry for entry in unnamed if fits(*lacks, entry)]
            for place, lacks in enumerate(missing)
        }
        places_of = {
            entry.entry_id: [place for place, fit in entries_of.items() if entry in fit]
            for entry in unnamed
        }
        paired = set()
        for place, (trade, reason, due_at) in enumerate(missing):
            side = "debit" if reason == "buy_debit" else "refund"
            lacks = _of_trade(f"trade_without_{side}", trade, due_at)
            match entries_of[place]:
                case [entry] if places_of[entry.entry_id] == [place]:
                    paired.add(entry.entry_id)
                    yield replace(
                        lacks, match="weak", entry_id=entry.entry_id, closed_at=entry.created_at
                    )
                case several:
                    ids = tuple(sorted(entry.entry_id for entry in several))
                    yield replace(lacks, candidates=ids)
        for entry, belongs in self.loose:
            if entry.entry_id in paired:
                continue
            side = "debit" if entry.reason == "buy_debit" else "refund"
            trades = {missing[place][0].transact_id for place in places_of.get(entry.entry_id, ())}
            lone = _of_entry(f"{side}_without_trade", entry, None)
            yield replace(
                lone,
                pool_id=self._pool(entry),
                candidates=belongs.candidates or tuple(sorted(trades)),
            )

    def _is_unnamed(self, entry: Entry) -> bool:
        known = {
            *self.books.quote_pools,
            *(order.partner_reference for order in self.books.orders),
            *(trade.quote_id for trade in self.books.trades),
            *(trade.transact_id for trade in self.books.trades),
            *(trade.partner_reference for trade in self.books.trades),
        }
        return entry.transact_id is None and entry.ref not in known

    def _pool(self, entry: Entry) -> str | None:
        """The pool of the quote or order that the entry's reference names."""
        pools = [
            *self.books.quote_pools.get(entry.ref, ()),
            *(each.pool_id for each in self.books.orders if each.partner_reference == entry.ref),
        ]
        return min(pools, default=None)


def _order_breaks(books: Books, orders_from: datetime, trades_from: datetime) -> Iterator[Break]:
    """By id alone: an order may be much older than its trade, or be told of long after."""
    for trade in books.trades:
        if trade.created_at >= orders_from and not any(_joins(o, trade) for o in books.orders):
            yield _of_trade("trade_without_order", trade, trade.created_at)
    for order in books.orders:
        is_expected = order.transact_id or order.status.lower() not in books.tradeless
        is_joined = any(_joins(order, trade) for trade in books.trades)
        if order.created_at >= trades_from and is_expected and not is_joined:
            yield Break(
                kind="order_without_trade",
                event_at=order.created_at,
                amount=None,
                currency=None,
                pool_id=order.pool_id,
                transact_id=order.transact_id,
                partner_reference=order.partner_reference,
            )


def _contradictions(books: Books) -> Iterator[Break]:
    for trade in books.trades:
        for illegal_at, reference in trade.illegal:
            told = _of_trade("illegal_transition", trade, illegal_at)
            yield replace(told, match="durable", partner_reference=reference)
    for lost in books.lost:
        currency = maybe_text(lost.record, "fiat_currency") or maybe_text(lost.record, "currency")
        yield Break(
            kind="conflict",
            match="durable",
            event_at=lost.event_at,
            amount=lost.amount,
            currency=currency,
            pool_id=maybe_text(lost.record, "pool_id"),
            transact_id=maybe_text(lost.record, "transact_id"),
            entry_id=maybe_text(lost.record, "entry_id"),
            partner_reference=maybe_text(lost.record, "partner_reference"),
        )


def _double_pay_ins(pay_ins: list[Entry]) -> Iterator[Break]:
    seen = set()
    for entry in sorted(pay_ins, key=lambda each: each.entry_id):
        told = (entry.currency, entry.ref, entry.delta, entry.created_at)
        if told in seen:
            yield replace(_of_entry("duplicate_entry", entry, None), match="durable")
        seen.add(told)


def _of_trade(kind: str, trade: Trade, event_at: datetime) -> Break:
    return Break(
        kind=kind,
        event_at=event_at,
        amount=trade.amount,
        currency=trade.currency,
        pool_id=trade.pool_id,
        transact_id=trade.transact_id,
        partner_reference=trade.partner_reference,
    )


def _of_entry(kind: str, entry: Entry, trade: Trade | None) -> Break:
    return Break(
        kind=kind,
        event_at=entry.created_at,
        amount=abs(entry.delta),
        currency=entry.currency,
        pool_id=trade.pool_id if trade else None,
        transact_id=trade.transact_id if trade else entry.transact_id,
        entry_id=entry.entry_id,
        partner_reference=trade.partner_reference if trade else None,
        match="durable" if trade else "none",
    )


def _joins(order: Order, trade: Trade) -> bool:
    """An order and a trade find each other by any id."""
    return (
        order.transact_id == trade.transact_id
        or order.quote_id == trade.quote_id
        or order.partner_reference == trade.partner_reference
    )


def _sum(entries: list[Entry]) -> Decimal:
    return sum((each.delta for each in entries), Decimal(0))


def _same(entry: Entry, other: Entry) -> bool:
    return (entry.delta, entry.currency) == (other.delta, other.currency)


def _first_day(moments: list[datetime]) -> datetime | None:
    if not moments:
        return None
    first = min(moments).astimezone(UTC)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)
