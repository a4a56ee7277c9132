"""How a forecast leaves float64: money half-even to 2 places, ratios and chances to 6."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

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


def rounded_up(amount: float, step: Decimal | None) -> Decimal:
    """Return an amount rounded up to a multiple of `step`, or to two digits where there is none."""
    exact = money(amount)
    if exact <= 0:
        return Decimal(0)
    step = step or Decimal(1).scaleb(exact.adjusted() - 1)
    return (exact / step).to_integral_value(ROUND_CEILING) * step + 0
