"""One division: exact, six decimals, half to even, null without a denominator."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

Figure = Decimal | int | None


def ratio(numerator: Figure, denominator: Figure) -> Decimal | None:
    """ "A missing or zero denominator gives null, never 0 or infinity"; six decimals."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return six_places(Fraction(numerator) / Fraction(denominator))


def six_places(value: Fraction) -> Decimal:
    """`value` rounded half to even at the sixth decimal (Fraction's own `round` does that)."""
    return Decimal(round(value * 1_000_000)).scaleb(-6)
