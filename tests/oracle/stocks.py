"""What stands at an instant T, and the minutes a lane was open, shut or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from .facts import Balance, Snapshot
from .ratio import six_places
from .trades import Trade, total

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_PER_MINUTE = 60_000_000


def reserved_figures(trades: Sequence[Trade], at: datetime) -> dict[str, object]:
    """Reserved stock of one pool's and currency's trades at T; "events at T are not yet in"."""
    # "trades with created_at < T that have not left reserved before T"
    reserved = [
        trade
        for trade in trades
        if trade.created_at < at and not (trade.left_at is not None and trade.left_at < at)
    ]
    # "age = T - created_at, whole seconds; null when none"
    ages = [(at - trade.created_at) // SECOND for trade in reserved]
    return {
        "reserved_notional": total(reserved),
        "reserved_count": len(reserved),
        "oldest_reserved_age_s": max(ages) if ages else None,
    }


def balance_figures(
    balances: Sequence[Balance], currency: str | None, at: datetime, max_age: timedelta
) -> dict[str, Decimal | None]:
    """The last snapshot of the currency before T, null when there is none or it is too old."""
    before = [each for each in balances if each.currency == currency and each.observed_at < at]
    last = max(before, key=lambda each: each.observed_at, default=None)
    # "Null when there is none, or it is older than balance_max_age"
    if last is None or at - last.observed_at > max_age:
        return {"balance_visible": None, "balance_reserved": None, "balance_available": None}
    # "balance_available = available_for_new_quotes, or when the source has none visible_balance"
    stated = last.available_for_new_quotes
    return {
        "balance_visible": last.visible,
        "balance_reserved": last.reserved,
        "balance_available": last.visible if stated is None else stated,
    }


def availability_figures(
    snapshots: Sequence[Snapshot], start: datetime, end: datetime, max_gap: timedelta
) -> dict[str, object]:
    """Minutes of [start, end) by state, from one pool's snapshots, and when it reopened last."""
    ordered = sorted(snapshots, key=lambda each: each.observed_at)
    held = {True: timedelta(0), False: timedelta(0)}
    reopened_at = None
    for position, snapshot in enumerate(ordered):
        # "each snapshot holds until the next one, at most availability_max_gap"
        until = snapshot.observed_at + max_gap
        if position + 1 < len(ordered):
            until = min(until, ordered[position + 1].observed_at)
        inside = min(until, end) - max(snapshot.observed_at, start)
        held[snapshot.available] += max(inside, timedelta(0))
        # "within W, the last snapshot with available = true whose previous snapshot was false"
        follows_shut = position > 0 and not ordered[position - 1].available
        if snapshot.available and follows_shut and start <= snapshot.observed_at < end:
            reopened_at = snapshot.observed_at
    available, unavailable = _minutes(held[True]), _minutes(held[False])
    return {
        "availability_minutes": available,
        "unavailable_minutes": unavailable,
        # "the rest is unknown. The three sum to W's minutes up to as_of"
        "unknown_minutes": _minutes(end - start) - available - unavailable,
        "reopened_at": reopened_at,
    }


def _minutes(span: timedelta) -> Decimal:
    return six_places(Fraction(span // MICROSECOND, MICROSECONDS_PER_MINUTE))
