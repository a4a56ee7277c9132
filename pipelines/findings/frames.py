"""The rows a rule is judged for: pools and what belongs to none, or currencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import numpy as np

from pipelines.findings.grid import Floats
from pipelines.findings.signals import Signals, Subject
from pipelines.findings.stocks import CURRENCY_STOCKS, POOL_STOCKS, usual


@dataclass
class Frame:
    """Counts and stocks of pools from instant `first` of the grid on; the last row is of no pool.

    An index of the frame counts from there.
    """

    signals: Signals
    bounds: Mapping[str, Decimal]
    """The partner's own bounds, by setting."""

    first: int = 0
    _kept: dict[tuple[str, str, int, int], Floats] = field(default_factory=dict)

    stocks = POOL_STOCKS

    @property
    def subjects(self) -> list[Subject]:
        """What each row is about."""
        return [*(Subject(pool, None) for pool in self.signals.pools), Subject(None, None)]

    @property
    def count(self) -> int:
        """How many instants there are."""
        return self.signals.grid.count - self.first

    @property
    def known_from(self) -> int:
        """The index from which on records are known; negative where they were before."""
        return self.signals.known_from - self.first

    def instant(self, index: int) -> datetime:
        """The aware instant of an index."""
        return self.signals.grid.instant(self.first + index)

    def total(self, name: str, slots: int) -> Floats:
        """The count `name` in the `slots` before each instant; NaN before all is known."""
        return self._keep("total", name, slots, 0, lambda: self.signals.total(name, slots))

    def before(self, name: str, both: int, now: int) -> Floats:
        """The count of the `both` slots less that of the `now` last ones, as far as is known."""
        return self._keep(
            "before",
            name,
            both,
            now,
            lambda: self.signals.reaching(name, both) - self.signals.total(name, now),
        )

    def usual(self, name: str, slots: int) -> Floats:
        """The mean of that count at the same time of the days before; NaN where few are known."""
        return self._keep(
            "usual", name, slots, 0, lambda: usual(self.signals, self.signals.total(name, slots))
        )

    def stock(self, name: str) -> Floats:
        """The stock `name` at each instant; NaN where it is not known."""
        key = ("stock", name, 0, 0)
        if key not in self._kept:
            self._kept[key] = self.stocks[name](self.signals)[:, self.first :]
        return self._kept[key]

    def _keep(
        self, kind: str, name: str, slots: int, other: int, made: Callable[[], Floats]
    ) -> Floats:
        key = (kind, name, slots, other)
        if key not in self._kept:
            self._kept[key] = self._rows(made()[:, self.first :])
        return self._kept[key]

    def _rows(self, by_pool: Floats) -> Floats:
        return by_pool


@dataclass
class CurrencyFrame(Frame):
    """The same for currencies; a pool's counts are those of each of its currencies."""

    stocks = CURRENCY_STOCKS

    @property
    def subjects(self) -> list[Subject]:
        """What each row is about."""
        return [Subject(None, currency) for currency in self.signals.currencies]

    def _rows(self, by_pool: Floats) -> Floats:
        rows = [
            sorted({self.signals.pools.index(pool) for pool, of in self.signals.lanes if of == one})
            for one in self.signals.currencies
        ]
        if not rows:
            return np.zeros((0, by_pool.shape[1]))
        return np.stack([by_pool[each].sum(axis=0) for each in rows])
