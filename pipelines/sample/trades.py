"""From firm quotes to trades: who accepts, what is refused, and how each trade ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample.books import Books
from pipelines.sample.columns import Columns
from pipelines.sample.limits import Bands
from pipelines.sample.partners import ACCEPTED_SHARE, FIRM_SHARE, Lane
from pipelines.sample.quotes import FIRM, Quotes, choose
from pipelines.sample.stories import STORIES, Calendar
from pipelines.sample.text import DAY_MS, Ints, Mask

QUOTE_LIFE_MS = 15_000
OPEN, SETTLED, FAILED, RELEASED = range(4)
_ENDINGS = (0.0, 0.978, 0.010, 0.012)
# How the ledger books a trade's debit.
BOOKED, NEVER_BOOKED, LOST, CENT_OFF, TWICE = range(5)
# How its webhook event is delivered.
DELIVERED, RETRIED, DEAD = range(3)
# Refusals of a call to transact.
CONFLICT, NO_BALANCE, OVER_BAND = range(3)
_RETURNS_A_DAY = 30  # so that what waits for its return stays small in a sample of any size


@dataclass
class Trades(Columns):
    """Trades in the order of their creation. Times in ms (0: never), fiat in cents."""

    pool: Ints
    off_ramp: Mask
    cents: Ints
    crypto: Ints
    network: Ints
    quoted_at: Ints
    created: Ints
    ending: Ints
    left_at: Ints
    returned_at: Ints
    debit: Ints
    refunded: Mask
    ordered: Mask
    delivery: Ints


@dataclass
class Refusals(Columns):
    """Calls to transact that were refused."""

    pool: Ints
    at: Ints
    why: Ints


def _latency(
    lane: Lane, calendar: Calendar, quotes: Quotes, rows: Ints, rng: np.random.Generator
) -> Ints:
    """Milliseconds from quote to acceptance: 1 to 12 s, three times that in the slow release."""
    usual = 1_000 + 11_000 * rng.beta(2, 3, len(rows))
    begin, finish = calendar.span("slow_release")
    names = [pool.pool_id for pool in lane.pools]
    place = STORIES["slow_release"].pool_id
    at = quotes.at[rows]
    slow = (at >= begin) & (at < finish)
    slow &= quotes.pool[rows] == (names.index(place) if place in names else -1)
    return np.where(slow, usual * 3.1, usual).astype(np.int64)


def accept(
    lane: Lane, calendar: Calendar, quotes: Quotes, bands: Bands, rng: np.random.Generator
) -> tuple[Ints, Ints, Refusals]:
    """The accepted quotes in the order of creation (rows, times), and what was refused so far.

    Changes `quotes`: some become errors once a band is bound, some are rejected by the user.
    """
    wanted = (quotes.kind == FIRM) & (rng.random(len(quotes)) < ACCEPTED_SHARE)
    rows = np.flatnonzero(wanted)
    latency = _latency(lane, calendar, quotes, rows, rng)
    late = latency >= QUOTE_LIFE_MS
    luck = rng.random(len(rows))
    conflict = (late & (luck < 0.25)) | (~late & (luck < 0.004))
    created = quotes.at[rows] + latency
    refusals = [_refusals(quotes, rows[conflict], created[conflict], CONFLICT)]
    kept = np.flatnonzero(~late & ~conflict & (created < calendar.horizon_ms))
    kept = kept[np.argsort(created[kept], kind="stable")]
    rows, created = rows[kept], created[kept]
    mood = rng.integers(0, 1_000, len(quotes))
    over = bands.refused(quotes, rows, created, mood)
    called = over & (quotes.kind[rows] == FIRM)
    refusals.append(_refusals(quotes, rows[called], created[called], OVER_BAND))
    rejected = (quotes.kind == FIRM) & ~wanted & (mood < 55)
    quotes.rejected_at[rejected] = quotes.at[rejected] + 2_000 + 180 * mood[rejected]
    return rows[~over], created[~over], _joined(refusals)


def _refusals(quotes: Quotes, rows: Ints, at: Ints, why: int) -> Refusals:
    return Refusals(quotes.number[rows], quotes.pool[rows], at, np.full(len(rows), why))


def _joined(parts: list[Refusals]) -> Refusals:
    return Refusals(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("number", "pool", "at", "why")
        )
    )


def pay(
    lane: Lane, books: Books, quotes: Quotes, accepted: tuple[Ints, Ints], span: tuple[int, int]
) -> tuple[Mask, Refusals]:
    """Which accepted quotes the balance refuses, as a mask and as refused calls."""
    rows, created = accepted
    refused = np.zeros(len(rows), dtype=np.bool_)
    currency = currency_of(lane)[quotes.pool[rows]]
    for number in range(len(lane.currencies)):
        mine = np.flatnonzero(currency == number)
        refused[mine] = books.refused(number, created[mine], quotes.cents[rows[mine]], *span)
    return refused, _refusals(quotes, rows[refused], created[refused], NO_BALANCE)


def currency_of(lane: Lane) -> Ints:
    """The position of each pool's currency."""
    return np.array([lane.currencies.index(pool.fiat) for pool in lane.pools], dtype=np.int64)


def finish(
    lane: Lane, quotes: Quotes, rows: Ints, created: Ints, rng: np.random.Generator
) -> Trades:
    """The trades of these quotes, with how and when each ends."""
    size = len(rows)
    ending = choose(_ENDINGS, size, rng)
    settling = np.clip(np.exp(np.log(80) + 0.6 * rng.standard_normal(size)), 20, 480)
    unwinding = 60 + 1_500 * rng.random(size)
    seconds = np.where(ending == SETTLED, settling, unwinding)
    left_at = created + (seconds * 1_000).astype(np.int64)
    share = min(0.002, _RETURNS_A_DAY / (lane.quotes_per_day * FIRM_SHARE * ACCEPTED_SHARE))
    returned = (ending == SETTLED) & (rng.random(size) < share)
    back_at = left_at + ((0.6 + 2.5 * rng.random(size)) * DAY_MS).astype(np.int64)
    return Trades(
        number=quotes.number[rows],
        pool=quotes.pool[rows],
        off_ramp=quotes.off_ramp[rows],
        cents=quotes.cents[rows],
        crypto=quotes.crypto[rows],
        network=quotes.network[rows],
        quoted_at=quotes.at[rows],
        created=created,
        ending=ending,
        left_at=left_at,
        returned_at=np.where(returned, back_at, 0),
        debit=np.full(size, BOOKED),
        refunded=np.ones(size, dtype=np.bool_),
        ordered=np.ones(size, dtype=np.bool_),
        delivery=np.where(rng.random(size) < 0.004, RETRIED, DELIVERED),
    )


def cut(trades: Trades, horizon_ms: int) -> None:
    """Forgets what would happen after the sample ends."""
    later = trades.left_at >= horizon_ms
    trades.ending[later] = OPEN
    trades.left_at[trades.ending == OPEN] = 0
    trades.returned_at[(trades.returned_at >= horizon_ms) | (trades.ending != SETTLED)] = 0
