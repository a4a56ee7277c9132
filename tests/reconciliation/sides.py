"""The sides that are compared, read from records into plain values: trades, entries, orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tests.oracle.fields import maybe_money, maybe_text, money, text, time
from tests.oracle.trades import LEGAL_FROM, RANK
from tests.warehouse import Record

UNDONE = ("failed", "released", "returned")
AMOUNTS = ("fiat_amount", "delta")
"""The field that holds what a record that lost was about, whichever its kind has."""

EVENT_TIMES = {
    "quotes": "requested_at",
    "trades": "status_at",
    "ledger": "created_at",
    "orders": "created_at",
    "balances": "observed_at",
}


@dataclass(frozen=True)
class Trade:
    """One folded trade. `illegal` are observations that could not follow: when, and
    the order that each named."""

    transact_id: str
    quote_id: str
    pool_id: str
    currency: str
    amount: Decimal
    partner_reference: str | None
    created_at: datetime
    undone_at: datetime | None
    illegal: tuple[tuple[datetime, str | None], ...]


@dataclass(frozen=True)
class Entry:
    """One ledger entry."""

    entry_id: str
    currency: str
    delta: Decimal
    reason: str
    ref: str
    transact_id: str | None
    created_at: datetime


@dataclass(frozen=True)
class Order:
    """One order of the partner."""

    partner_reference: str
    pool_id: str
    quote_id: str | None
    transact_id: str | None
    status: str
    created_at: datetime


@dataclass(frozen=True)
class Lost:
    """A record that another of the same key, or of the same trade, contradicts."""

    kind: str
    record: Record

    @property
    def event_at(self) -> datetime:
        return time(self.record, EVENT_TIMES[self.kind])

    @property
    def amount(self) -> Decimal | None:
        """Without sign for what has one."""
        found = next((name for name in AMOUNTS if name in self.record), None)
        amount = maybe_money(self.record, found) if found else None
        return None if amount is None else abs(amount)


@dataclass(frozen=True)
class Books:
    """Everything that reconciliation reads; what lost to another record is in `lost` alone."""

    trades: list[Trade]
    entries: list[Entry]
    orders: list[Order]
    quote_pools: dict[str, list[str]]
    lost: list[Lost]
    lateness: timedelta = timedelta(minutes=15)
    tradeless: frozenset[str] = frozenset()


def read_books(
    kept: Mapping[str, Sequence[Record]],
    lost: Iterable[Lost] = (),
    *,
    lateness: timedelta = timedelta(minutes=15),
    tradeless: Iterable[str] = ("failed", "cancelled", "expired"),
) -> Books:
    """The books that these records tell, without those that lost."""
    by_trade: dict[str, list[Record]] = {}
    for record in kept.get("trades", ()):
        by_trade.setdefault(text(record, "transact_id"), []).append(record)
    quote_pools: dict[str, list[str]] = {}
    for record in kept.get("quotes", ()):
        if record.get("quote_id") is not None:
            quote_pools.setdefault(text(record, "quote_id"), []).append(text(record, "pool_id"))
    return Books(
        trades=[_fold(seen) for seen in by_trade.values()],
        entries=[_entry(record) for record in kept.get("ledger", ())],
        orders=[_order(record) for record in kept.get("orders", ())],
        quote_pools=quote_pools,
        lost=list(lost),
        lateness=lateness,
        tradeless=frozenset(tradeless),
    )


def _fold(seen: list[Record]) -> Trade:
    ordered = sorted(seen, key=lambda each: (time(each, "status_at"), _rank(each)))
    state = "reserved"
    undone_at: datetime | None = None
    illegal = []
    for record in ordered:
        status, status_at = text(record, "status"), time(record, "status_at")
        if status in LEGAL_FROM[state]:
            state = status
            undone_at = status_at if status in UNDONE else None
        elif status != state:
            illegal.append((status_at, maybe_text(record, "partner_reference")))
    first = ordered[0]
    references = filter(None, (maybe_text(each, "partner_reference") for each in seen))
    return Trade(
        transact_id=text(first, "transact_id"),
        quote_id=text(first, "quote_id"),
        pool_id=text(first, "pool_id"),
        currency=text(first, "fiat_currency"),
        amount=money(first, "fiat_amount"),
        partner_reference=min(references, default=None),
        created_at=min(time(each, "created_at") for each in seen),
        undone_at=undone_at,
        illegal=tuple(illegal),
    )


def _rank(record: Record) -> int:
    return RANK.index(text(record, "status"))


def _entry(record: Record) -> Entry:
    return Entry(
        entry_id=text(record, "entry_id"),
        currency=text(record, "currency"),
        delta=money(record, "delta"),
        reason=text(record, "reason"),
        ref=text(record, "ref"),
        transact_id=maybe_text(record, "transact_id"),
        created_at=time(record, "created_at"),
    )


def _order(record: Record) -> Order:
    return Order(
        partner_reference=text(record, "partner_reference"),
        pool_id=text(record, "pool_id"),
        quote_id=maybe_text(record, "quote_id"),
        transact_id=maybe_text(record, "transact_id"),
        status=text(record, "status"),
        created_at=time(record, "created_at"),
    )
