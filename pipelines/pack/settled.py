"""What the change of settled volume since the span before is made of, pool by pool, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from pipelines.findings.decomposition import STAGES, Decomposition, decompose, together

UNATTRIBUTED = "unattributed"
_MILLIONTH = Decimal("0.000001")
Lane = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What one factor of one pool added to the change of a currency's settled volume."""

    currency: str
    pool_id: str
    factor: str
    """One of `pipelines.findings.rules.FACTORS`, or `unattributed`."""

    amount: Decimal
    """In the currency, 8 decimals."""

    share: Decimal | None
    """`amount` over the change of the currency, 6 decimals; null where that is 0."""


def settled_changes(
    now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> dict[Lane, Decomposition]:
    """Return the change of each pool and currency that has a row in both spans.

    Rows are those of `windows_table`. The parts of a change add up to it, and the changes of the
    pools to that of their currency.
    """
    earlier = {_lane(row): row for row in before}
    found = {
        _lane(row): decompose(_volumes(earlier[_lane(row)]), _volumes(row))
        for row in now
        if row["currency"] is not None and _lane(row) in earlier
    }
    return {lane: one for lane, one in found.items() if one is not None}


def by_currency(changes: Mapping[Lane, Decomposition]) -> dict[str, Decomposition]:
    """The changes of the pools of each currency together."""
    return {
        currency: together([one for lane, one in changes.items() if lane[1] == currency])
        for currency in sorted({lane[1] for lane in changes})
    }


def ranked(changes: Mapping[Lane, Decomposition]) -> list[Part]:
    """Return every part that is not 0, by currency and then the largest without sign first."""
    wholes = by_currency(changes)
    found = [part for lane, one in changes.items() for part in _parts(lane, one, wholes[lane[1]])]
    return sorted(found, key=lambda one: (one.currency, -abs(one.amount), one.pool_id, one.factor))


def _parts(lane: Lane, one: Decomposition, whole: Decomposition) -> Iterator[Part]:
    pool_id, currency = lane
    for factor, amount in {**one.parts, UNATTRIBUTED: one.unattributed}.items():
        if amount:
            share = None
            if whole.change:
                share = (amount / whole.change).quantize(_MILLIONTH, ROUND_HALF_EVEN)
            yield Part(currency, pool_id, factor, amount, share)


def _lane(row: Mapping[str, Any]) -> Lane:
    return row["pool_id"], row["currency"]


def _volumes(row: Mapping[str, Any]) -> dict[str, Decimal | None]:
    ended = row["settled_volume"] + row["failed_volume"] + row["released_volume"]
    return {stage: row.get(stage, ended) for stage in STAGES}
