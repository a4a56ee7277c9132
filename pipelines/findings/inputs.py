"""What a finding was judged by: each figure with its window, its counts and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pipelines.shares import share, wilson
from pipelines.windows import format_instant

OF_MINUTES = ("unavailable_minutes_rate",)


@dataclass(frozen=True, slots=True)
class Input:
    """One figure that a rule looked at. Ratios have 6 decimals; counts and ages are whole."""

    name: str
    start: datetime | None
    """Aware UTC; None for a stock, which is as of `end`."""

    end: datetime
    role: str = "now"
    """`now`, `before` (the 28 days before), `others` (the other pools), `usual`, or `bound`."""

    part: int | None = None
    whole: int | None = None
    """Counts of a ratio, or the count alone as `part`."""

    value: Decimal | None = None
    """A ratio, or an amount; None where it is a count, or not known."""

    @property
    def ratio(self) -> Decimal | None:
        """`part / whole`."""
        if self.part is None or self.whole is None:
            return None
        return share(self.part, self.whole)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The 95 % interval of the ratio; None where it is none, and of minutes.

        Minutes follow each other and are no sample, so that an interval would say too much.
        """
        if self.part is None or self.whole is None or self.name in OF_MINUTES:
            return None
        return wilson(self.part, self.whole)

    @property
    def key(self) -> str:
        """The name in the map of figures, with its role."""
        return self.name if self.role == "now" else f"{self.name}_{self.role}"

    @property
    def text(self) -> str:
        """The figure, its counts and its window, for machines."""
        return f"{self._figure} {self._window}"

    @property
    def _figure(self) -> str:
        if self.whole is not None:
            ratio = self.ratio
            return f"{'null' if ratio is None else f'{ratio:f}'} ({self.part}/{self.whole})"
        if self.part is not None:
            return str(self.part)
        return "null" if self.value is None else f"{self.value:f}"

    @property
    def _window(self) -> str:
        end = format_instant(self.end)
        return f"at {end}" if self.start is None else f"[{format_instant(self.start)}, {end})"
