"""How a forecast leaves float64: money half-even to 2 places, ratios and chances to 6."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_CENT = Decimal("0.01")
_MICRO = Decimal("0.000001")


def money(amount: float) -> Decimal:
    """Return an amount with 2 places."""
    return Decimal(float(amount)).quantize(_CENT, ROUND_HALF_EVEN) + 0


def ratio(share: float) -> Decimal:
    """Return a ratio or a probability with 6 places."""
    return Decimal(float(share)).quantize(_MICRO, ROUND_HALF_EVEN) + 0


def quotient(top: Decimal, bottom: Decimal | None) -> Decimal | None:
    """Return `top / bottom` with 6 places; None where there is nothing to divide by."""
    return (top / bottom).quantize(_MICRO, ROUND_HALF_EVEN) if bottom else None
