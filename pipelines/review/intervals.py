"""How sure a share is that was taken over few events, and whether two shares differ."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

Z_95 = Decimal("1.959963984540054")
"""The standard normal quantile at 97.5 %."""

FEW = 30
"""A share of fewer events than this says too little to judge by."""

_PLACES = Decimal("0.000001")


def wilson(part: int, whole: int) -> tuple[Decimal, Decimal]:
    """Return the 95 % interval of a share of `part` in `whole` events, 6 decimals.

    Wilson's score interval (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927):
    (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). Raises ValueError without events, or
    where the part is no part.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} of {whole} is no share")
    with localcontext() as context:
        context.prec = 34
        share, events = Decimal(part) / whole, Decimal(whole)
        middle = share + Z_95**2 / (2 * events)
        reach = Z_95 * (share * (1 - share) / events + Z_95**2 / (4 * events**2)).sqrt()
        scale = 1 + Z_95**2 / events
        low, high = (middle - reach) / scale, (middle + reach) / scale
        return max(low, Decimal(0)).quantize(_PLACES), min(high, Decimal(1)).quantize(_PLACES)


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` events."""

    part: int
    whole: int

    @property
    def is_few(self) -> bool:
        """Whether there is too little, or no true share, to judge by."""
        return self.whole < FEW or self.part > self.whole

    @property
    def value(self) -> Decimal | None:
        """The share with 6 decimals; None of nothing."""
        if self.whole == 0:
            return None
        with localcontext() as context:
            context.prec = 34
            return (Decimal(self.part) / self.whole).quantize(_PLACES)

    def is_above(self, other: Share) -> bool:
        """Whether it lies above `other` beyond chance: their 95 % intervals do not touch."""
        if self.is_few or other.is_few:
            return False
        return wilson(self.part, self.whole)[0] > wilson(other.part, other.whole)[1]
