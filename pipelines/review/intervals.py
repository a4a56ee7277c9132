"""A share of counted events, and whether two such shares differ beyond chance."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.shares import share, wilson

FEW = 30
"""A share of fewer events than this says too little to judge by."""


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
        return share(self.part, self.whole)

    def is_above(self, other: Share) -> bool:
        """Whether it lies above `other` beyond chance: their 95 % intervals do not touch."""
        if self.is_few or other.is_few:
            return False
        mine, theirs = wilson(self.part, self.whole), wilson(other.part, other.whole)
        return mine is not None and theirs is not None and mine[0] > theirs[1]
