"""Trades folded from their observations, and the flows counted from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .facts import Observation

RANK = ("reserved", "settled", "failed", "released", "returned")
"""Order of observations that began at the same instant."""

LEGAL_FROM = {
    "reserved": ("settled", "failed", "released"),
    "settled": ("returned",),
    "failed": (),
    "released": (),
    "returned": (),
}


@dataclass(frozen=True)
class Trade:
    """One folded trade; `entered` maps each status of its legal chain to when it began."""

    transact_id: str
    quote_id: str
    pool_id: str
    currency: str
    amount: Decimal
    created_at: datetime
    entered: dict[str, datetime]

    @property
    def left_at(self) -> datetime | None:
        """When the trade left `reserved`, or None while it has not."""
        for status in LEGAL_FROM["reserved"]:
            if status in self.entered:
                return self.entered[status]
        return None

    @property
    def first_event_at(self) -> datetime:
        """The earliest instant at which anything of this trade is known."""
        return min([self.created_at, *self.entered.values()])


def fold_trades(observations: Sequence[Observation]) -> list[Trade]:
    """One trade per `transact_id`."""
    by_id: dict[str, list[Observation]] = {}
    for observation in observations:
        by_id.setdefault(observation.transact_id, []).append(observation)
    return [_fold(seen) for seen in by_id.values()]


def _fold(seen: list[Observation]) -> Trade:
    # "Sorted by (status_at, rank in that list), the first legal chain wins"
    ordered = sorted(seen, key=lambda each: (each.status_at, RANK.index(each.status)))
    # "every trade is implicitly reserved from created_at (earliest over its observations)"
    state = "reserved"
    entered: dict[str, datetime] = {}
    for observation in ordered:
        # "an observation that cannot follow is kept, marked illegal_transition": not in the chain
        if observation.status in LEGAL_FROM[state]:
            state = observation.status
            entered[state] = observation.status_at
    first = ordered[0]
    return Trade(
        transact_id=first.transact_id,
        quote_id=first.quote_id,
        pool_id=first.pool_id,
        currency=first.currency,
        amount=first.amount,
        created_at=min(each.created_at for each in seen),
        entered=entered,
    )


def created_in(trades: Sequence[Trade], start: datetime, end: datetime) -> list[Trade]:
    """Trades with `created_at` in [start, end)."""
    return [trade for trade in trades if start <= trade.created_at < end]


def total(trades: Sequence[Trade]) -> Decimal:
    """Sum of `fiat_amount`, 0 when there are none."""
    return sum((trade.amount for trade in trades), Decimal(0))


def trade_figures(trades: Sequence[Trade], start: datetime, end: datetime) -> dict[str, object]:
    """Counts and volumes of one pool's and currency's trades in [start, end)."""
    created = created_in(trades, start, end)
    # "sum fiat_amount of trades whose status of that name began in W (a settled trade that is
    # returned later stays in its settled window)"
    volumes = {status: total(_entered_in(trades, status, start, end)) for status in RANK[1:]}
    return {
        # "trades with created_at in W"
        "trades_created": len(created),
        # "sum fiat_amount of trades created in W"
        "accepted_volume": total(created),
        "settled_volume": volumes["settled"],
        "failed_volume": volumes["failed"],
        "released_volume": volumes["released"],
        "returned_volume": volumes["returned"],
        # "settled_volume - returned_volume"
        "net_settled_volume": volumes["settled"] - volumes["returned"],
    }


def settled_and_left(trades: Sequence[Trade], start: datetime, end: datetime) -> tuple[int, int]:
    """How many trades settled, and how many left `reserved`, by leaving time in [start, end)."""
    left = [t for t in trades if t.left_at is not None and start <= t.left_at < end]
    return sum(1 for trade in left if "settled" in trade.entered), len(left)


def _entered_in(
    trades: Sequence[Trade], status: str, start: datetime, end: datetime
) -> list[Trade]:
    return [t for t in trades if status in t.entered and start <= t.entered[status] < end]
