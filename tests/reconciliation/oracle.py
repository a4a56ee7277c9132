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
    ledger_from = _first_day([entry.created_at for entry in books.entries])
    trades_from = _first_day([trade.created_at for trade in books.trades])
    found = list(_contradictions(books))
    if ledger_from and trades_from:
        found += _Ledger(books, max(ledger_from, trades_from)).breaks()
    orders_from = _first_day([order.created_at for order in books.orders])
    if orders_from and trades_from:
        found += _order_breaks(books, max(orders_from, trades_from))
    return found


def counted(books: Books, found: list[Break], as_of: datetime, pool_id: str) -> list[datetime]:
    """Event times of the exceptions that `ledger_exceptions` counts for a pool."""
    return [
        each.event_at
        for each in found
        if each.pool_id == pool_id
        and not each.is_guess
        and state(each, as_of, books.lateness) in ("open", "resolved")
    ]


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
        if entry.ref in trade.partner_references
        or any(_joins(order, trade) for order in books.orders if order.partner_reference == entry.ref)
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
        self.trades = [trade for trade in books.trades if trade.created_at >= first_day]
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
        for trade in self.trades:
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
        yield from _netted(of_debits, of_refunds)

    def _payment(self, trade: Trade, entries: list[Entry], due_at: datetime) -> Iterator[Break]:
        """What is wrong with the entries of one reason that a trade should have once."""
        if not entries:
            return
        first, reason = entries[0], entries[0].reason
        side = "debit" if reason == "buy_debit" else "refund"
        if first.created_at - due_at > self.books.lateness:
            late = _of_trade(f"trade_without_{side}", trade, due_at)
            yield replace(late, match="durable", closed_at=first.created_at)
        elif due_at - first.created_at > self.books.lateness:
            early = _of_entry(f"{side}_without_trade", first, trade)
            yield replace(early, closed_at=due_at)
        expected = SIGNS[reason] * trade.amount
        if _sum(entries, trade.currency) == expected and _one_currency(entries, trade):
            return
        own = [entry for entry in entries if entry.currency == trade.currency] or entries
        best = min(own, key=lambda each: abs(each.delta - expected))
        again = [
            each
            for each in entries
            if each is not best and (each.delta, each.currency) == (best.delta, best.currency)
        ]
        for entry in again:
            yield _of_entry("duplicate_entry", entry, trade)
        rest = [entry for entry in entries if entry not in again]
        if difference := _sum(rest, trade.currency) - expected:
            mismatch = _of_entry("amount_mismatch", best, trade)
            yield replace(mismatch, amount=difference, currency=trade.currency)

    def _guesses(self) -> Iterator[Break]:
        """What no id explains: paired by amount and time where only one pair is possible."""
        missing = [
            (trade, reason, due_at)
            for trade in self.trades
            for reason, due_at in (("buy_debit", trade.created_at), ("buy_refund", trade.undone_at))
            if due_at and not self.of_trade.get((trade.transact_id, reason))
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
            *(each for trade in self.books.trades for each in trade.partner_references),
        }
        return entry.transact_id is None and entry.ref not in known

    def _pool(self, entry: Entry) -> str | None:
        """The pool of the quote or order that the entry's reference names."""
        if entry.ref in self.books.quote_pools:
            return self.books.quote_pools[entry.ref]
        pools = [
            order.pool_id for order in self.books.orders if order.partner_reference == entry.ref
        ]
        return pools[0] if pools else None


def _netted(debits: list[Break], refunds: list[Break]) -> Iterator[Break]:
    """A refund too many takes back a debit too many of the same amount."""
    taken: set[int] = set()
    for debit in debits:
        back = next(
            (
                place
                for place, refund in enumerate(refunds)
                if place not in taken
                and debit.kind == "duplicate_entry"
                and refund.kind in ("duplicate_entry", "refund_without_trade")
                and refund.closed_at is None
                and (refund.amount, refund.currency) == (debit.amount, debit.currency)
            ),
            None,
        )
        if back is None:
            yield debit
        else:
            taken.add(back)
            yield replace(debit, closed_at=max(refunds[back].event_at, debit.event_at))
    yield from (refund for place, refund in enumerate(refunds) if place not in taken)


def _order_breaks(books: Books, first_day: datetime) -> Iterator[Break]:
    for trade in books.trades:
        orders = [order for order in books.orders if _joins(order, trade)]
        first = min((order.created_at for order in orders), default=None)
        if trade.created_at >= first_day and (
            first is None or first - trade.created_at > books.lateness
        ):
            lacks = _of_trade("trade_without_order", trade, trade.created_at)
            yield replace(lacks, match="durable" if first else "none", closed_at=first)
    for order in books.orders:
        created = [trade.created_at for trade in books.trades if _joins(order, trade)]
        is_expected = order.transact_id or order.status.lower() not in books.tradeless
        first = min(created, default=None)
        if (
            order.created_at >= first_day
            and is_expected
            and (first is None or first - order.created_at > books.lateness)
        ):
            yield Break(
                kind="order_without_trade",
                event_at=order.created_at,
                amount=None,
                currency=None,
                pool_id=order.pool_id,
                transact_id=order.transact_id,
                partner_reference=order.partner_reference,
                match="durable" if first else "none",
                closed_at=first,
            )


def _contradictions(books: Books) -> Iterator[Break]:
    for trade in books.trades:
        for illegal_at in trade.illegal:
            yield _of_trade("illegal_transition", trade, illegal_at)
    for lost in books.lost:
        currency = maybe_text(lost.record, "fiat_currency") or maybe_text(lost.record, "currency")
        yield Break(
            kind="conflict",
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
            yield _of_entry("duplicate_entry", entry, None)
        seen.add(told)


def _of_trade(kind: str, trade: Trade, event_at: datetime) -> Break:
    return Break(
        kind=kind,
        event_at=event_at,
        amount=trade.amount,
        currency=trade.currency,
        pool_id=trade.pool_id,
        transact_id=trade.transact_id,
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
        match="durable" if trade else "none",
    )


def _joins(order: Order, trade: Trade) -> bool:
    """An order and a trade find each other by any id."""
    return (
        order.transact_id == trade.transact_id
        or order.quote_id == trade.quote_id
        or order.partner_reference in trade.partner_references
    )


def _sum(entries: list[Entry], currency: str) -> Decimal:
    return sum((each.delta for each in entries if each.currency == currency), Decimal(0))


def _one_currency(entries: list[Entry], trade: Trade) -> bool:
    return all(entry.currency == trade.currency for entry in entries)


def _first_day(moments: list[datetime]) -> datetime | None:
    if not moments:
        return None
    first = min(moments).astimezone(UTC)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)
