"""Shares of counts that no metric file prints, and how far a share of few can be trusted."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_MILLIONTH = Decimal("0.000001")
_Z = Decimal("1.959963984540054")
"""The 97.5 % point of the standard normal distribution."""


def share(part: int, whole: int) -> Decimal | None:
    """Return `part / whole` with 6 decimals, half to even; None where `whole` is 0."""
    if whole == 0:
        return None
    return (Decimal(part) / whole).quantize(_MILLIONTH, ROUND_HALF_EVEN)


def wilson(part: int, whole: int) -> tuple[Decimal, Decimal] | None:
    """Return the 95 % score interval of the share `part / whole`, 6 decimals; None for a 0 `whole`.

    With p the share, n the whole and z the normal quantile, the bounds are
    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n). Source: E. B. Wilson, "Probable inference,
    the law of succession, and statistical inference", Journal of the American Statistical
    Association 22 (1927), 209-212.
    """
    if whole == 0:
        return None
    p, n, z = Decimal(part) / whole, Decimal(whole), _Z
    middle = p + z**2 / (2 * n)
    reach = z * (p * (1 - p) / n + z**2 / (4 * n**2)).sqrt()
    scale = 1 + z**2 / n
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return (
        max(low, Decimal(0)).quantize(_MILLIONTH, ROUND_HALF_EVEN),
        min(high, Decimal(1)).quantize(_MILLIONTH, ROUND_HALF_EVEN),
    )
