"""What changed since the span before: the counts that moved most, pool by pool.

Plain differences. Two counts differ beyond chance where they lie further apart than 1.96 times the
square root of their sum, which is what counts of independent events seldom do (5 times in 100).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.review.intervals import FEW
from pipelines.review.readings import Reading

WATCHED = (
    "quote_requests",
    "unavailable_quotes",
    "limit_errors",
    "settled_trades",
    "failed_trades",
    "released_trades",
    "returned_trades",
)
MOST_CHANGES = 10
BEYOND_CHANCE = Decimal("1.96")
"""Standard deviations that chance alone seldom exceeds."""


@dataclass(frozen=True, slots=True)
class Change:
    """A count of one pool in the two spans."""

    pool_id: str
    figure: str
    current: int
    before: int

    @property
    def difference(self) -> int:
        """How many more than before; negative for fewer."""
        return self.current - self.before

    @property
    def strength(self) -> Decimal:
        """How far beyond chance it lies, in standard deviations without sign."""
        together = self.current + self.before
        return abs(self.difference) / Decimal(together).sqrt() if together else Decimal(0)


def largest_changes(now: Reading, before: Reading) -> list[Change]:
    """The counts that differ beyond chance, furthest first; under 30 events none is told."""
    changes = [
        Change(pool, figure, int(row[figure]), int(before.pools[pool][figure]))
        for pool, row in now.pools.items()
        for figure in WATCHED
    ]
    kept = [
        one for one in changes if one.current + one.before >= FEW and one.strength > BEYOND_CHANCE
    ]
    return sorted(kept, key=lambda one: (-one.strength, one.pool_id, one.figure))[:MOST_CHANGES]
