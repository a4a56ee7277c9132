"""The quotes of one slice of time, drawn as columns."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np
import numpy.typing as npt

from pipelines.sample.columns import Columns
from pipelines.sample.partners import Lane, limits_of
from pipelines.sample.stories import STORIES, Calendar
from pipelines.sample.text import DAY_MS, Ints, Mask

FIRM, INDICATIVE, UNAVAILABLE, ERRORED = range(4)
REASONS = ("pool_dry", "engine_unavailable", "rate_unavailable", "other")
_REASON_SHARES = (0.5, 0.2, 0.25, 0.05)
# Status and code of a failed attempt; the last one is what a bound daily band answers.
FAULTS: tuple[tuple[int, str], ...] = (
    (500, "internal"),
    (429, "rate_limited"),
    (400, "invalid_request"),
    (400, "amount_below_min"),
    (400, "amount_above_max"),
    (503, ""),
    (400, "limit_exceeded"),
)
_FAULT_SHARES = (0.32, 0.25, 0.10, 0.14, 0.14, 0.05)
_BELOW_MIN, _ABOVE_MAX, BAND_BOUND = 3, 4, 6
NETWORKS = ("tron", "ethereum", "polygon", "solana", "bsc")
_NETWORK_SHARES = (0.58, 0.17, 0.12, 0.09, 0.04)
FEE_BPS = 30


@dataclass
class Quotes(Columns):
    """Quote attempts in the order of time, one array per field. Times in ms, fiat in cents."""

    pool: Ints
    at: Ints
    off_ramp: Mask
    kind: Ints
    cents: Ints
    sized: Mask  # whether the request named an amount
    rate: Ints  # millionths, output for one unit of input
    crypto: Ints  # millionths
    spread_bps: Ints
    network: Ints
    reason: Ints
    fault: Ints
    rejected_at: Ints  # 0: not rejected


def choose(shares: tuple[float, ...], size: int, rng: np.random.Generator) -> Ints:
    """`size` draws of a position, each with its share."""
    edges = np.cumsum(shares)
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], "right")
    place: Ints = np.minimum(drawn, len(shares) - 1).astype(np.int64)
    return place


def _within(name: str, lane: Lane, calendar: Calendar, pool: Ints, at: Ints) -> Mask:
    begin, finish = calendar.span(name)
    inside: Mask = (at >= begin) & (at < finish)
    names = [one.pool_id for one in lane.pools]
    place = STORIES[name].pool_id
    return inside & (pool == names.index(place)) if place in names else inside & False


def _kinds(unavailable: npt.NDArray[np.float64], rng: np.random.Generator) -> Ints:
    drawn = rng.random(len(unavailable))
    errored = 0.011
    indicative = errored + unavailable + 0.22 * (1 - unavailable)
    picks = [drawn < errored, drawn < errored + unavailable, drawn < indicative]
    return np.select(picks, [ERRORED, UNAVAILABLE, INDICATIVE], FIRM).astype(np.int64)


def _amounts(lane: Lane, pool: Ints, rng: np.random.Generator) -> Ints:
    """Lognormal amounts with cents; a third are the round sums people type.

    Who wanted more than the largest order asks for a part of it instead.
    """
    center = np.array([log(one.median_cents) for one in lane.pools])
    spread = np.array([one.spread for one in lane.pools])
    least = np.array([one.min_order for one in lane.pools])
    most = np.array([limits_of(lane, one).max_order for one in lane.pools])
    free = np.exp(center[pool] + spread[pool] * rng.standard_normal(len(pool)))
    cents = np.where(rng.random(len(pool)) < 0.35, np.rint(free / 1_000) * 1_000, np.rint(free))
    part = most[pool] * (0.3 + 0.7 * rng.random(len(pool)))
    cents = np.where(cents > most[pool], np.rint(part / 500) * 500, cents)
    return np.clip(cents.astype(np.int64), least[pool], most[pool])


def _fault_amounts(lane: Lane, quotes: Quotes, rng: np.random.Generator) -> None:
    """Attempts refused for their size have such a size."""
    least = np.array([one.min_order for one in lane.pools])[quotes.pool]
    most = np.array([limits_of(lane, one).max_order for one in lane.pools])[quotes.pool]
    away = rng.random(len(quotes.at))
    errored = quotes.kind == ERRORED
    small = errored & (quotes.fault == _BELOW_MIN)
    large = errored & (quotes.fault == _ABOVE_MAX)
    quotes.cents[small] = (least * (0.1 + 0.85 * away)).astype(np.int64)[small]
    quotes.cents[large] = (most * (1.05 + away)).astype(np.int64)[large]
    quotes.sized |= small | large


def _prices(
    lane: Lane, pool: Ints, at: Ints, off_ramp: Mask, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """All-in rate in millionths and the spread inside it, in basis points."""
    base = np.array([one.rate for one in lane.pools])[pool]
    spread_bps = np.array([18, 22, 12, 25, 45])[pool % 5] + rng.integers(0, 8, len(pool))
    slow = 0.006 * np.sin(2 * pi * at / (9 * DAY_MS) + pool)
    middle = base * (1 + slow + 0.0003 * rng.standard_normal(len(pool)))
    middle = np.where(off_ramp, 1 / middle, middle)
    rate = np.rint(middle * (1 - spread_bps / 10_000) * 1_000_000).astype(np.int64)
    return rate, spread_bps.astype(np.int64)


def crypto_of(cents: Ints, rate: Ints, off_ramp: Mask) -> Ints:
    """The crypto leg in millionths: fiat times rate into crypto, fiat by rate out of it."""
    inward = cents * rate // 100
    return np.where(off_ramp, cents * 10_000_000_000 // rate, inward)


def draw(
    lane: Lane, calendar: Calendar, first_number: int, pool: Ints, at: Ints, seed: list[int]
) -> Quotes:
    """The quotes at these times. `first_number` is the first not yet used in the lane."""
    rng = np.random.default_rng(seed)
    size = len(at)
    outage = _within("outage", lane, calendar, pool, at)
    wobble = _within("rate_wobble", lane, calendar, pool, at)
    unavailable = np.where(outage, 0.97, np.where(wobble, 0.55, 0.034))
    reason = choose(_REASON_SHARES, size, rng)
    reason = np.where(outage, (at // 600_000) % 3 // 2, np.where(wobble, 2, reason))
    off_ramp = rng.random(size) < 0.16
    rate, spread_bps = _prices(lane, pool, at, off_ramp, rng)
    cents = _amounts(lane, pool, rng)
    kind = _kinds(unavailable, rng)
    quotes = Quotes(
        number=first_number + np.arange(size, dtype=np.int64),
        pool=pool,
        at=at,
        off_ramp=off_ramp,
        kind=kind,
        cents=cents,
        sized=(kind == FIRM) | (rng.random(size) > 0.02),
        rate=rate,
        crypto=np.zeros(size, dtype=np.int64),
        spread_bps=spread_bps,
        network=choose(_NETWORK_SHARES, size, rng),
        reason=reason,
        fault=choose(_FAULT_SHARES, size, rng),
        rejected_at=np.zeros(size, dtype=np.int64),
    )
    _fault_amounts(lane, quotes, rng)
    quotes.crypto = crypto_of(quotes.cents, rate, off_ramp)
    return quotes
