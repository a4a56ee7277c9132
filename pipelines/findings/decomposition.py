"""What a change of settled volume is made of: demand, acceptance, execution, settlement, exactly.

Settled volume of a window is a chain of the volumes of its stages:

    settled = requested x accepted/requested x ended/accepted x settled/ended

where `ended` is what left `reserved`. The change between two windows is shared among the four
factors by their Shapley values: each factor's effect is the mean, over all orders in which the
factors may change from the earlier to the later value, of what its own change adds. Source: A. F.
Shorrocks, "Decomposition procedures for distributional analysis: a unified framework based on the
Shapley value", Journal of Economic Inequality 11 (2013), 99-126. The parts add up to the change by
construction; arithmetic is exact (fractions), and what rounding to 8 decimals leaves is given to
the largest part.

A factor that has no value in one window, because the stage before it is zero there, is taken as
unchanged: it explains nothing, and is null. Where a stage is zero and a later one is not, such as
trades of before that settled in a window without a new one, there is no chain: the whole change is
`unattributed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, permutations
from math import factorial, prod

from pipelines.findings.rules import FACTORS

STAGES = ("requested_volume", "accepted_volume", "ended_volume", "settled_volume")
"""The stages of the chain, in order; each factor is a stage over the one before it."""

_PLACES = Decimal("0.00000001")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The change of settled volume of one pool and currency, or of several of one currency.

    Amounts are in the currency, 8 decimals. `parts` has the four factors in order, null where a
    factor has no value in one of the windows; they and `unattributed` add up to `change`.
    """

    change: Decimal
    parts: Mapping[str, Decimal | None]
    unattributed: Decimal = _ZERO


def decompose(
    before: Mapping[str, Decimal | None], now: Mapping[str, Decimal | None]
) -> Decomposition | None:
    """Return what changed from `before` to `now`, each with the volumes of `STAGES`.

    None where settled volume itself is not known; a stage before it that is not known leaves the
    change unattributed.
    """
    old, new = ([volumes[stage] for stage in STAGES] for volumes in (before, now))
    if old[-1] is None or new[-1] is None:
        return None
    change = (new[-1] - old[-1]).quantize(_PLACES)
    chains = [_factors(volumes) for volumes in (old, new)]
    if chains[0] is None or chains[1] is None:
        return Decomposition(change, dict.fromkeys(FACTORS), change)
    return Decomposition(change, _parts(chains[0], chains[1], change))


def together(several: Sequence[Decomposition]) -> Decomposition:
    """Return the sum over pools of one currency; a factor is null where it is in all of them."""
    parts: dict[str, Decimal | None] = {}
    for factor in FACTORS:
        known = [part for one in several if (part := one.parts[factor]) is not None]
        parts[factor] = sum(known, _ZERO) if known else None
    return Decomposition(
        sum((one.change for one in several), _ZERO),
        parts,
        sum((one.unattributed for one in several), _ZERO),
    )


def _factors(volumes: Sequence[Decimal | None]) -> list[Fraction | None] | None:
    """The factors of a chain, None where one has no value; no chain where a stage is missing."""
    stages = [None if volume is None else Fraction(volume) for volume in volumes]
    if any(stage is None or stage < 0 for stage in stages):
        return None
    factors: list[Fraction | None] = [stages[0]]
    for earlier, later in pairwise(stages):
        if earlier:
            factors.append(None if later is None else later / earlier)
        elif later:
            return None
        else:
            factors.append(None)
    return factors


def _parts(
    old: Sequence[Fraction | None], new: Sequence[Fraction | None], change: Decimal
) -> dict[str, Decimal | None]:
    known = [None not in pair for pair in zip(old, new, strict=True)]
    filled = [_unchanged(pair) for pair in zip(old, new, strict=True)]
    effects = _shapley([first for first, _ in filled], [second for _, second in filled])
    rounded = [_rounded(effect) for effect in effects]
    largest = max(range(len(rounded)), key=lambda number: (known[number], abs(rounded[number])))
    rounded[largest] += change - sum(rounded, _ZERO)
    return {
        factor: part if is_known else None
        for factor, part, is_known in zip(FACTORS, rounded, known, strict=True)
    }


def _unchanged(pair: tuple[Fraction | None, Fraction | None]) -> tuple[Fraction, Fraction]:
    """Both values of a factor; one that is missing is the other, and both missing are 1."""
    first, second = pair
    if first is None:
        first = second
    if second is None:
        second = first
    if first is None or second is None:
        return Fraction(1), Fraction(1)
    return first, second


def _shapley(old: Sequence[Fraction], new: Sequence[Fraction]) -> list[Fraction]:
    """The mean, over all orders, of what the change of each factor adds to the product."""
    effects = [Fraction(0)] * len(old)
    for order in permutations(range(len(old))):
        current = list(old)
        for number in order:
            without = prod(current, start=Fraction(1))
            current[number] = new[number]
            effects[number] += prod(current, start=Fraction(1)) - without
    return [effect / factorial(len(old)) for effect in effects]


def _rounded(exact: Fraction) -> Decimal:
    """A fraction with 8 decimals, half to even."""
    units = round(exact * 10**8)
    return Decimal(units).scaleb(-8)
