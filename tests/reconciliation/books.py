"""Believable books of any size, and defects planted in them that are known one by one.

Trades run for some days over several pools and currencies, in amounts of which many are round and
come again and again. Their debits and refunds are booked seconds to minutes later, orders stand
behind them, pay-ins between them, and balances follow the ledger as it was told. A defect alters
the records of one trade; `Book.truth` says what reconciliation has to make of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, cycle, islice
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

START = datetime(2026, 3, 2, tzinfo=UTC)
SPAN = timedelta(days=5)
LATE = START + SPAN + timedelta(days=1)
"""When everything has happened, and nothing is too young to be judged."""

OWNER = {"partner_id": "acme", "environment": "production"}
POOLS = {"EUR-USDT": "EUR", "EUR-USDC": "EUR", "GBP-USDT": "GBP", "USD-USDC": "USD"}
ROUND_CENTS = (1000, 2000, 2500, 5000, 5000, 10000, 10000, 10000, 20000, 25000, 50000, 100000)
ENDS = ("settled", "failed", "released", "returned", "")
SHARES = (84, 7, 4, 3, 2)
OPENING_CENTS = 500_000_000
TIMES = {
    "quotes": "requested_at",
    "trades": "status_at",
    "ledger": "created_at",
    "orders": "created_at",
    "balances": "observed_at",
}
Row = dict[str, Any]
Expected = tuple[str, str, Decimal | None, str]
"""Kind, id, amount and state."""


@dataclass
class Story:
    """The records of one trade."""

    number: int
    cents: int
    currency: str
    created_at: datetime
    end: str
    trades: list[Row] = field(default_factory=list)
    ledger: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    quotes: list[Row] = field(default_factory=list)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.cents) / 100

    @property
    def transact_id(self) -> str:
        return f"t{self.number}"

    def entry(self, reason: str) -> Row:
        return next(entry for entry in self.ledger if entry["reason"] == reason)


@dataclass
class Book:
    """Rows by kind, what is wrong with them, and the entries that a defect is about."""

    rows: dict[str, list[Row]]
    truth: list[Expected]
    spoilt: set[str]

    def until(self, end: datetime) -> Book:
        """The book as it stands at `end`: nothing later has happened."""
        rows = {
            kind: [row for row in rows if row[TIMES[kind]] < end]
            for kind, rows in self.rows.items()
        }
        return Book(rows, self.truth, self.spoilt)


def believable_book(seed: int, trades: int, defects: int) -> Book:
    """A book of so many trades with `defects` planted, of all kinds as evenly as can be."""
    random = Random(seed)
    stories = [_story(number, trades, random) for number in range(trades)]
    truth: list[Expected] = []
    spoilt: set[str] = set()
    waiting = {end: [each for each in stories[trades // 50 :] if each.end == end] for end in ENDS}
    for chosen in waiting.values():
        random.shuffle(chosen)
    for plant, end in islice(cycle(PLANTS.items()), defects):
        story = waiting[end].pop()
        spoilt |= {entry["entry_id"] for entry in story.ledger}
        truth.append(plant(story, random))
        spoilt |= {entry["entry_id"] for entry in story.ledger}
    rows: dict[str, list[Row]] = {
        kind: [row for story in stories for row in getattr(story, kind)]
        for kind in ("quotes", "trades", "ledger", "orders")
    }
    rows["ledger"] += _pay_ins(random)
    rows["orders"] += [_idle_order(number, random) for number in range(trades // 50)]
    rows["balances"] = _balances(rows["ledger"])
    truth += _wrong_balances(rows["balances"], random, wrong=max(1, defects // len(PLANTS)))
    return Book(rows, truth, spoilt)


def erased(book: Book, seed: int, share: float) -> tuple[Book, dict[str, str]]:
    """The book with the ids of a share of its debits and refunds lost, and whose those were."""
    random = Random(seed)
    sound = [
        row
        for row in book.rows["ledger"]
        if row["reason"] != "payin_credit" and row["entry_id"] not in book.spoilt
    ]
    lost = {
        row["entry_id"]: "t" + row["ref"].removeprefix("q")
        for row in random.sample(sound, round(len(book.rows["ledger"]) * share))
    }
    ledger = [
        {**row, "ref": _bank_reference(random), "transact_id": None}
        if row["entry_id"] in lost
        else row
        for row in book.rows["ledger"]
    ]
    return Book({**book.rows, "ledger": ledger}, book.truth, book.spoilt), lost


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """One Parquet file of rows, times as instants."""
    names = list(dict.fromkeys(name for row in rows[:1] for name in row))
    columns = {name: pa.array([row[name] for row in rows]) for name in names}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def write_book(folder: Path, rows: Mapping[str, Sequence[Row]]) -> list[Path]:
    """A file for each kind that has rows."""
    return [write_rows(folder / f"{kind}.parquet", each) for kind, each in rows.items() if each]


# --- a trade's records ---


def _story(number: int, trades: int, random: Random) -> Story:
    created_at = START + SPAN * ((number + random.random()) / (trades + 1))
    pool_id, currency = random.choice(list(POOLS.items()))
    is_round = random.random() < 0.4
    story = Story(
        number=number,
        cents=random.choice(ROUND_CENTS) if is_round else random.randrange(100, 500_000),
        currency=currency,
        created_at=created_at,
        end=random.choices(ENDS, SHARES)[0],
    )
    moment = created_at
    _observe(story, pool_id, "reserved", moment)
    _book(story, "buy_debit", created_at, random)
    if story.end:
        moment += timedelta(seconds=random.uniform(20, 1200))
        _observe(story, pool_id, "settled" if story.end == "returned" else story.end, moment)
    if story.end == "returned":
        moment += timedelta(minutes=random.uniform(60, 300))
        _observe(story, pool_id, "returned", moment)
    if story.end in ("failed", "released", "returned"):
        _book(story, "buy_refund", moment, random)
    story.orders.append(_order(story, pool_id, random))
    if number % 5 == 0:
        story.quotes.append(_quote(story, pool_id))
    return story


def _observe(story: Story, pool_id: str, status: str, moment: datetime) -> None:
    story.trades.append(
        {
            **OWNER,
            "transact_id": story.transact_id,
            "quote_id": f"q{story.number}",
            "pool_id": pool_id,
            "side": "off_ramp" if story.number % 3 == 0 else "on_ramp",
            "fiat_currency": story.currency,
            "fiat_amount": _money(story.cents),
            "status": status,
            "status_at": moment,
            "created_at": story.created_at,
        }
    )


def _book(story: Story, reason: str, due_at: datetime, random: Random) -> None:
    cents = -story.cents if reason == "buy_debit" else story.cents
    story.ledger.append(
        {
            **OWNER,
            "entry_id": f"e{story.number}-{reason}",
            "currency": story.currency,
            "delta": _money(cents),
            "reason": reason,
            "ref": f"q{story.number}",
            "transact_id": story.transact_id if random.random() < 0.3 else None,
            "created_at": due_at + timedelta(seconds=random.uniform(1, 300)),
        }
    )


def _order(story: Story, pool_id: str, random: Random) -> Row:
    by_trade = random.random() < 0.5
    return {
        **OWNER,
        "partner_reference": f"o{story.number}",
        "pool_id": pool_id,
        "quote_id": None if by_trade else f"q{story.number}",
        "transact_id": story.transact_id if by_trade else None,
        "status": "failed" if story.end == "failed" else "completed",
        "created_at": story.created_at - timedelta(seconds=random.uniform(5, 200)),
    }


def _idle_order(number: int, random: Random) -> Row:
    """An order that led to no trade, and need not have."""
    return {
        **OWNER,
        "partner_reference": f"idle{number}",
        "pool_id": random.choice(list(POOLS)),
        "quote_id": f"idle-q{number}",
        "transact_id": None,
        "status": random.choice(("cancelled", "expired")),
        "created_at": START + SPAN * random.random(),
    }


def _quote(story: Story, pool_id: str) -> Row:
    return {
        **OWNER,
        "request_id": f"r{story.number}",
        "pool_id": pool_id,
        "side": "on_ramp",
        "quote_type": "firm",
        "quote_id": f"q{story.number}",
        "fiat_currency": story.currency,
        "fiat_amount": _money(story.cents),
        "available": True,
        "requested_at": story.created_at - timedelta(seconds=30),
    }


def _pay_ins(random: Random) -> list[Row]:
    return [
        {
            **OWNER,
            "entry_id": f"fund{number}",
            "currency": random.choice(list(POOLS.values())),
            "delta": "100000.00",
            "reason": "payin_credit",
            "ref": f"funding-{number // 2}",
            "transact_id": None,
            "created_at": START + SPAN * random.random(),
        }
        for number in range(100)
    ]


def _balances(ledger: Iterable[Row]) -> list[Row]:
    """Half-hourly snapshots of what the ledger comes to before each."""
    rows = []
    by_currency: dict[str, list[tuple[datetime, int]]] = {}
    for entry in {entry["entry_id"]: entry for entry in ledger}.values():
        moved = (entry["created_at"], round(Decimal(entry["delta"]) * 100))
        by_currency.setdefault(entry["currency"], []).append(moved)
    for currency, moves in by_currency.items():
        moves.sort()
        sums = [0, *accumulate(cents for _, cents in moves)]
        times = [moment for moment, _ in moves]
        for step in range(1, 2 * 24 * SPAN.days + 8):
            observed_at = START + step * timedelta(minutes=30)
            cents = OPENING_CENTS + sums[bisect_left(times, observed_at)]
            rows.append(
                {
                    **OWNER,
                    "currency": currency,
                    "observed_at": observed_at,
                    "visible_balance": _money(cents),
                }
            )
    return rows


def _wrong_balances(balances: list[Row], random: Random, *, wrong: int) -> list[Expected]:
    """Snapshots a cent off; the next one is right again."""
    places = [place for place in range(4, len(balances) - 4) if place % 3 == 0]
    truth: list[Expected] = []
    for place in random.sample(places, min(wrong, len(places))):
        row = balances[place]
        if balances[place + 1]["currency"] != row["currency"]:
            continue
        if balances[place - 1]["currency"] != row["currency"]:
            continue
        cents = random.choice((-1, 1))
        row["visible_balance"] = _money(round(Decimal(row["visible_balance"]) * 100) + cents)
        told = f"{row['currency']} {row['observed_at']:%d %H:%M}"
        truth.append(("balance_mismatch", told, Decimal(cents) / 100, "resolved"))
    return truth


def _money(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _bank_reference(random: Random) -> str:
    return "sepa" if random.random() < 0.1 else f"bank-{random.randrange(10**12)}"


# --- what can be wrong ---


def _missing_debit(story: Story, random: Random) -> Expected:
    story.ledger.remove(story.entry("buy_debit"))
    return "trade_without_debit", story.transact_id, story.amount, "open"


def _missing_trade(story: Story, random: Random) -> Expected:
    story.quotes = [_quote(story, story.trades[0]["pool_id"])]
    story.trades, story.orders = [], []
    return "debit_without_trade", story.entry("buy_debit")["entry_id"], story.amount, "open"


def _missing_refund(story: Story, random: Random) -> Expected:
    story.ledger.remove(story.entry("buy_refund"))
    return "trade_without_refund", story.transact_id, story.amount, "open"


def _missing_refund_of_released(story: Story, random: Random) -> Expected:
    return _missing_refund(story, random)


def _missing_refund_of_returned(story: Story, random: Random) -> Expected:
    return _missing_refund(story, random)


def _needless_refund(story: Story, random: Random) -> Expected:
    _book(story, "buy_refund", story.created_at + timedelta(hours=1), random)
    return "refund_without_trade", story.entry("buy_refund")["entry_id"], story.amount, "open"


def _a_cent_off(story: Story, reason: str, random: Random) -> Expected:
    entry, cents = story.entry(reason), random.choice((-1, 1))
    entry["delta"] = _money(round(Decimal(entry["delta"]) * 100) + cents)
    return "amount_mismatch", entry["entry_id"], Decimal(cents) / 100, "open"


def _debit_a_cent_off(story: Story, random: Random) -> Expected:
    return _a_cent_off(story, "buy_debit", random)


def _refund_a_cent_off(story: Story, random: Random) -> Expected:
    return _a_cent_off(story, "buy_refund", random)


def _wrong_currency(story: Story, random: Random) -> Expected:
    entry = story.entry("buy_debit")
    entry["currency"] = "GBP" if story.currency == "EUR" else "EUR"
    return "amount_mismatch", entry["entry_id"], story.amount, "open"


def _entry_twice(story: Story, random: Random) -> Expected:
    entry = story.entry("buy_debit")
    later = entry["created_at"] + timedelta(seconds=random.uniform(1, 9000))
    story.ledger.append({**entry, "entry_id": f"{entry['entry_id']}-2", "created_at": later})
    return "duplicate_entry", f"{entry['entry_id']}-2", story.amount, "open"


def _missing_order(story: Story, random: Random) -> Expected:
    story.orders = []
    return "trade_without_order", story.transact_id, story.amount, "open"


def _needless_order(story: Story, random: Random) -> Expected:
    order = {**story.orders[0], "partner_reference": f"o{story.number}-2", "quote_id": None}
    story.orders.append({**order, "transact_id": f"t{story.number}-2"})
    return "order_without_trade", f"o{story.number}-2", None, "open"


def _illegal_move(story: Story, random: Random) -> Expected:
    last = story.trades[-1]
    later = last["status_at"] + timedelta(minutes=random.uniform(1, 100))
    story.trades.append({**last, "status": "failed", "status_at": later})
    return "illegal_transition", story.transact_id, story.amount, "open"


def _two_bodies(story: Story, random: Random) -> Expected:
    entry = story.entry("buy_debit")
    transact_id = None if entry["transact_id"] else story.transact_id
    story.ledger.append({**entry, "transact_id": transact_id})
    return "conflict", entry["entry_id"], story.amount, "open"


def _late_debit(story: Story, random: Random) -> Expected:
    late = timedelta(minutes=15, seconds=random.uniform(0.001, 9000))
    story.entry("buy_debit")["created_at"] = story.created_at + late
    return "trade_without_debit", story.transact_id, story.amount, "resolved"


PLANTS: dict[Callable[[Story, Random], Expected], str] = {
    _missing_debit: "settled",
    _missing_trade: "settled",
    _missing_refund: "failed",
    _missing_refund_of_released: "released",
    _missing_refund_of_returned: "returned",
    _needless_refund: "settled",
    _debit_a_cent_off: "settled",
    _refund_a_cent_off: "failed",
    _wrong_currency: "settled",
    _entry_twice: "settled",
    _missing_order: "settled",
    _needless_order: "settled",
    _illegal_move: "settled",
    _two_bodies: "settled",
    _late_debit: "settled",
}
"""Each kind of defect and the trades that can have it; wrong balances come on top."""
