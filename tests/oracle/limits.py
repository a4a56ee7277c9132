"""Limits in force, the approved band of a window, and how much of each limit is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from .facts import Limit
from .ratio import ratio
from .trades import Trade, created_in, total
from .zones import day_start, day_starts_in, is_day_start, local_date

DAY = timedelta(hours=24)
INSTANT = timedelta(microseconds=1)
"""The finest difference between two stored times."""


def limit_in_force(
    limits: Sequence[Limit], name: str, pool_id: str, currency: str | None, at: datetime
) -> Limit | None:
    """The limit a pool is under at an instant: its own row, else the currency-wide one."""
    for scope in (pool_id, None):
        in_force = [
            limit
            for limit in limits
            if limit.name == name
            and limit.currency == currency
            and limit.pool_id == scope
            # "effective_from <= t < effective_to (null = open end)"
            and limit.effective_from <= at
            and (limit.effective_to is None or at < limit.effective_to)
        ]
        if in_force:
            # "several -> latest effective_from"
            return max(in_force, key=lambda limit: limit.effective_from)
    return None


def band_instants(window: str, start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants whose bands in force add up to W's approved band; W = [start, end)."""
    # "A rolling 24 h window: the band in force at end"
    if window == "24h":
        return [end]
    # "For W of whole local days: the sum over those days", each at its start
    if is_day_start(start, zone) and is_day_start(end, zone):
        return day_starts_in(start, end, zone)
    # "W shorter than 24 h -> band of the local day holding start"
    holding_start = day_start(local_date(start, zone), zone)
    if end - start < DAY:
        return [holding_start]
    # "any other W -> sum over the local days that start in W
    # (none starts in W -> the local day holding start)"
    return day_starts_in(start, end, zone) or [holding_start]


def approved_band(
    limits: Sequence[Limit], pool_id: str, currency: str | None, instants: Sequence[datetime]
) -> Decimal | None:
    """The sum of the bands in force at `instants`; "null if any day has no band"."""
    band = Decimal(0)
    for instant in instants:
        limit = limit_in_force(limits, "daily_band", pool_id, currency, instant)
        if limit is None:
            return None
        band += limit.value
    return band


def limit_usage(
    limits: Sequence[Limit],
    trades: Sequence[Trade],
    pool_id: str,
    currency: str | None,
    start: datetime,
    at: datetime,
    zone: ZoneInfo,
) -> dict[str, object]:
    """The three usage ratios at T = `at`; `trades` are all of the partner's."""
    return {
        "daily_band_usage": _daily_band_usage(limits, trades, pool_id, currency, at, zone),
        "velocity_24h_usage": _velocity_usage(limits, trades, pool_id, currency, at),
        "max_order_usage": _max_order_usage(limits, trades, pool_id, currency, start, at),
    }


def _daily_band_usage(
    limits: Sequence[Limit],
    trades: Sequence[Trade],
    pool_id: str,
    currency: str | None,
    at: datetime,
    zone: ZoneInfo,
) -> Decimal | None:
    # "T's local day = the local day holding the instant just before T"
    opening = day_start(local_date(at - INSTANT, zone), zone)
    # "denominator: the band in force at that day's start"
    limit = limit_in_force(limits, "daily_band", pool_id, currency, opening)
    if limit is None:
        return None
    # "sum fiat_amount of trades with created_at in [start of T's local day, T)"
    counted = created_in(_in_scope(trades, limit), opening, at)
    # "less those failed or released before T"
    held = [
        trade
        for trade in counted
        if not any(
            status in trade.entered and trade.entered[status] < at
            for status in ("failed", "released")
        )
    ]
    return ratio(total(held), limit.value)


def _velocity_usage(
    limits: Sequence[Limit],
    trades: Sequence[Trade],
    pool_id: str,
    currency: str | None,
    at: datetime,
) -> Decimal | None:
    # "trades with created_at in [T - 24 h, T) / velocity_24h in force at T"
    limit = limit_in_force(limits, "velocity_24h", pool_id, currency, at)
    if limit is None:
        return None
    return ratio(total(created_in(_in_scope(trades, limit), at - DAY, at)), limit.value)


def _max_order_usage(
    limits: Sequence[Limit],
    trades: Sequence[Trade],
    pool_id: str,
    currency: str | None,
    start: datetime,
    at: datetime,
) -> Decimal | None:
    # "largest fiat_amount of a trade created in W / max_order in force at T, same currency only"
    limit = limit_in_force(limits, "max_order", pool_id, currency, at)
    own = [t for t in trades if t.pool_id == pool_id and t.currency == currency]
    amounts = [trade.amount for trade in created_in(own, start, at)]
    if limit is None or not amounts:
        return None
    return ratio(max(amounts), limit.value)


def _in_scope(trades: Sequence[Trade], limit: Limit) -> list[Trade]:
    """ "own row -> that pool's trades; currency-wide row -> all pools of that currency"."""
    return [
        trade
        for trade in trades
        if trade.currency == limit.currency and limit.pool_id in (None, trade.pool_id)
    ]
