"""How sure a share over a few events is."""

from __future__ import annotations

from decimal import Decimal

_Z = Decimal("1.959963984540054")
"""The standard normal quantile of 97.5 %: 2.5 % are left out on each side."""


def wilson(part: int, whole: int) -> tuple[Decimal, Decimal]:
    """Return the 95 % score interval of the share `part / whole`, within [0, 1].

    With n = whole, p = part / n and z = 1.96:
    (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n).
    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22 (1927). Raises ValueError unless
    0 <= part <= whole and whole > 0.
    """
    if not 0 <= part <= whole or whole <= 0:
        raise ValueError(f"{part} of {whole} is not a share")
    n = Decimal(whole)
    p, square = part / n, _Z * _Z
    middle = p + square / (2 * n)
    half = _Z * (p * (1 - p) / n + square / (4 * n * n)).sqrt()
    low, high = ((middle + side) / (1 + square / n) for side in (-half, half))
    # At the ends the bound is exactly 0 or 1; the root misses it by its last digit.
    return low if part else Decimal(0), high if part < whole else Decimal(1)
