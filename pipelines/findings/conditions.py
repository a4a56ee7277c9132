"""The kinds of condition a rule may have. Each is data, and judges all pools and instants at once.

The answer is 1 where it holds, 0 where it does not, -1 where that is not known: too few events, a
source that has not arrived, too little history to compare with. Of several, `AllOf` does not hold
as soon as one does not (Kleene); `AnyOf` asks several witnesses, and is not known where none knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from pipelines.findings.condition import (
    FEW,
    HOLDS,
    NOT,
    UNKNOWN,
    Condition,
    Setting,
    Status,
    count_of,
    decimal_of,
    status_of,
    window_of,
)
from pipelines.findings.frames import Frame
from pipelines.findings.grid import slots_of
from pipelines.findings.inputs import Input


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A count in a window is at least so many."""

    count: str
    length: timedelta
    least: int

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))
        return status_of(found >= self.least, np.isfinite(found))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))[row, index]
        yield Input(self.count, *window_of(frame, self.length, index), part=count_of(found))


@dataclass(frozen=True, slots=True)
class Under:
    """A count in a window is less than so many."""

    count: str
    length: timedelta
    most: int

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))
        return status_of(found < self.most, np.isfinite(found))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield from AtLeast(self.count, self.length, 0).inputs(frame, row, index)


@dataclass(frozen=True, slots=True)
class Busy:
    """A count is at least so many, and so many times what is usual at this time of day."""

    count: str
    length: timedelta
    times: Decimal
    least: int = FEW

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))
        usual = frame.usual(self.count, slots_of(self.length))
        busy = (found >= float(self.times) * usual) & (found >= self.least)
        return status_of(busy, np.isfinite(usual) & np.isfinite(found))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))
        start, end = window_of(frame, self.length, index)
        yield Input(self.count, start, end, part=count_of(found[row, index]))
        usual = decimal_of(frame.usual(self.count, slots_of(self.length))[row, index])
        yield Input(self.count, start, end, "usual", value=usual)


@dataclass(frozen=True, slots=True)
class Stock:
    """A stock is at least so much; `least` may be another stock, which is then not reached."""

    name: str
    least: int | Decimal | None = None
    under: int | Decimal | str | None = None

    length = timedelta(0)

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = frame.stock(self.name)
        known = np.isfinite(found)
        if self.least is not None:
            return status_of(found >= float(self.least), known)
        if isinstance(self.under, str):
            most = frame.stock(self.under)
            return status_of(found < most, known & np.isfinite(most))
        return status_of(found < float(self.under or 0), known)

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        end = frame.instant(index)
        yield _stock_input(frame, self.name, self.name, "now", row, index)
        if isinstance(self.under, str):
            yield _stock_input(frame, self.under, self.name, "bound", row, index)
        elif isinstance(self.under, Decimal):
            yield Input(self.name, None, end, "bound", value=self.under)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of several."""

    parts: tuple[Condition, ...]

    @property
    def length(self) -> timedelta:
        """The longest window of them."""
        return max(part.length for part in self.parts)

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = np.stack([part.judge(frame) for part in self.parts])
        unknown = np.where((found == UNKNOWN).any(axis=0), UNKNOWN, HOLDS)
        return np.where((found == NOT).any(axis=0), NOT, unknown).astype(np.int8)

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        for part in self.parts:
            yield from part.inputs(frame, row, index)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several that is known; each is a witness of its own."""

    parts: tuple[Condition, ...]

    @property
    def length(self) -> timedelta:
        """The longest window of them."""
        return max(part.length for part in self.parts)

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = np.stack([part.judge(frame) for part in self.parts])
        witnessed: Status = found.max(axis=0)
        return witnessed

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        for part in self.parts:
            yield from part.inputs(frame, row, index)


def settings_of(condition: Condition) -> Iterator[str]:
    """The settings that a condition cannot do without."""
    bound: Any = getattr(condition, "bound", None)
    if isinstance(bound, Setting):
        yield bound.name
    parts: Sequence[Condition] = getattr(condition, "parts", ())
    for part in parts:
        yield from settings_of(part)


def _stock_input(frame: Frame, stock: str, name: str, role: str, row: int, index: int) -> Input:
    value, end = frame.stock(stock)[row, index], frame.instant(index)
    if stock in WHOLE:
        return Input(name, None, end, role, part=count_of(value))
    return Input(name, None, end, role, value=decimal_of(value))


WHOLE = (
    "reserved_count",
    "long_reserved_trades",
    "day_reserved_trades",
    "oldest_reserved_age_s",
    "open_ledger_exceptions",
    "open_order_exceptions",
    "missing_webhooks",
    "unready_programs",
)
"""Stocks that are counts or whole seconds."""
