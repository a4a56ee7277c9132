"""Random small books of a partner, and a plain reading of them.

Records are dictionaries as a file holds them. The readings add raw records up in Python and know
nothing of buckets, so they can say whether the stored parts lost or invented anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

START = datetime(2026, 3, 28, tzinfo=UTC)
"""The day before clocks change in Europe."""

CURRENCIES = ("EUR", "GBP")
OWNER = {"partner_id": "acme", "environment": "production"}
Record = dict[str, Any]
Book = dict[str, list[Record]]


def at(minutes: float) -> str:
    """RFC 3339 time so many minutes after the start."""
    return (START + timedelta(minutes=minutes)).isoformat()


def instant(text: str) -> datetime:
    """The aware instant of a record's time."""
    return datetime.fromisoformat(text)


def entry(
    number: int, minutes: float, delta: str, *, reason: str = "payin_credit", currency: str = "EUR"
) -> Record:
    """A ledger entry."""
    return {
        **OWNER,
        "entry_id": f"e-{number}",
        "currency": currency,
        "delta": delta,
        "reason": reason,
        "ref": f"ref-{number}",
        "created_at": at(minutes),
    }


def snapshot(
    minutes: float,
    visible: str,
    *,
    reserved: str | None = None,
    available: str | None = None,
    currency: str = "EUR",
) -> Record:
    """A balance snapshot."""
    return {
        **OWNER,
        "currency": currency,
        "observed_at": at(minutes),
        "visible_balance": visible,
        "reserved_amount": reserved,
        "available_for_new_quotes": available,
    }


def observation(
    number: int,
    status: str,
    minutes: float,
    created: float,
    *,
    amount: str = "100",
    currency: str = "EUR",
) -> Record:
    """One observation of a trade."""
    return {
        **OWNER,
        "transact_id": f"t-{number}",
        "quote_id": f"q-{number}",
        "pool_id": f"{currency}-USDT",
        "side": "on_ramp",
        "fiat_currency": currency,
        "fiat_amount": amount,
        "status": status,
        "status_at": at(minutes),
        "created_at": at(created),
    }


def cents(random: Random, most: int = 50_000) -> str:
    """A random amount of money."""
    return str(Decimal(random.randrange(1, most)) / 100)


def random_book(random: Random, *, days: int = 4, trades: int = 40, snapshots: int = 60) -> Book:
    """Books that tie out: each trade is debited, some refunded, and each snapshot says so.

    Times fall on whole minutes, so that entries and snapshots often share one, and often a bucket.
    """
    span = days * 24 * 60
    book: Book = {"ledger": [], "trades": [], "balances": []}
    for number in range(trades):
        currency, amount = random.choice(CURRENCIES), cents(random)
        created = random.randrange(span)
        left = created + random.choice((0, 1, 7, 40, 700))
        status = random.choice(("settled", "failed", "released", None))
        terms = {"amount": amount, "currency": currency}
        book["trades"].append(observation(number, "reserved", created, created, **terms))
        book["ledger"].append(
            entry(number, created, f"-{amount}", reason="buy_debit", currency=currency)
        )
        if status is not None:
            book["trades"].append(observation(number, status, left, created, **terms))
        if status in ("failed", "released"):
            refund = entry(1000 + number, left, amount, reason="buy_refund", currency=currency)
            book["ledger"].append(refund)
    for number in range(8):
        amount = cents(random, 900_000)
        minutes = random.randrange(span)
        book["ledger"].append(
            entry(2000 + number, minutes, amount, currency=random.choice(CURRENCIES))
        )
    opening = {currency: Decimal(cents(random, 900_000)) for currency in CURRENCIES}
    for currency in CURRENCIES:
        for minutes in sorted(random.sample(range(span), snapshots // 2)):
            book["balances"].append(_tying(book, currency, minutes, opening[currency], random))
    return book


def _tying(book: Book, currency: str, minutes: int, opening: Decimal, random: Random) -> Record:
    moment = instant(at(minutes))
    available = opening + ledger_before(book["ledger"], currency, moment)
    if random.random() < 0.3:
        return snapshot(minutes, str(available), currency=currency)
    reserved = reserved_at(book["trades"], currency, moment)
    return snapshot(
        minutes,
        str(available + reserved),
        reserved=str(reserved),
        available=str(available),
        currency=currency,
    )


def available_of(record: Record) -> Decimal:
    """What a snapshot says may be spent."""
    stated = record["available_for_new_quotes"]
    return Decimal(record["visible_balance"] if stated is None else stated)


def ledger_before(ledger: Sequence[Record], currency: str, moment: datetime) -> Decimal:
    """What the ledger of a currency adds up to before a moment."""
    return sum(
        (
            Decimal(each["delta"])
            for each in ledger
            if each["currency"] == currency and instant(each["created_at"]) < moment
        ),
        Decimal(0),
    )


def reserved_at(trades: Sequence[Record], currency: str, moment: datetime) -> Decimal:
    """What is reserved at a moment: trades created before it that did not leave before it."""
    left = {
        each["transact_id"]
        for each in trades
        if each["status"] in ("settled", "failed", "released")
        and instant(each["status_at"]) < moment
    }
    amounts = {
        each["transact_id"]: Decimal(each["fiat_amount"])
        for each in trades
        if each["fiat_currency"] == currency
        and instant(each["created_at"]) < moment
        and each["transact_id"] not in left
    }
    return sum(amounts.values(), Decimal(0))


def defective_book(count: int) -> tuple[Book, dict[str, tuple[str, Decimal]]]:
    """Books of so many currencies, each a cent off from some snapshot of the first day on.

    Returns them with the defects: by currency the time of that snapshot and the signed cent.
    """
    book: Book = {"ledger": [], "balances": []}
    defects = {}
    for number in range(count):
        random, currency = Random(number), f"C{number:03d}"
        wrong_at, cent = random.randrange(20), Decimal(random.choice((-1, 1))) / 100
        total = Decimal(1000)
        for hour in range(-1, 20):
            moved = Decimal(random.randrange(-5_000, 9_000)) / 100
            total += moved + (cent if hour == wrong_at else 0)
            one = entry(number * 100 + hour, hour * 60 - 30, str(moved), currency=currency)
            book["ledger"].append(one)
            book["balances"].append(snapshot(hour * 60, str(total), currency=currency))
        defects[currency] = (at(wrong_at * 60), cent)
    return book, defects
