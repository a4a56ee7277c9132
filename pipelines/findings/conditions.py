"""The kinds of condition a rule may have. Each is data, and judges all pools and instants at once.

The answer is 1 where it holds, 0 where it does not, -1 where that is not known: too few events, a
source that has not arrived, too little history to compare with. Of several, `AllOf` does not hold
as soon as one does not (Kleene); `AnyOf` asks several witnesses, and is not known where none knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipelines.findings.frames import Frame
from pipelines.findings.grid import Floats, slots_of
from pipelines.findings.inputs import Input
from pipelines.findings.intervals import wilson

Status = npt.NDArray[np.int8]
HOLDS, NOT, UNKNOWN = 1, 0, -1

BASELINE = timedelta(days=28)
LEAST_BASELINE = timedelta(days=14)
FEW = 30
_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Setting:
    """A bound that the partner sets; where it is not set, the rule is off."""

    name: str
    times: int = 1
    """The bound is this many times the setting, in tenths."""

    def of(self, bounds: Mapping[str, Decimal]) -> Decimal:
        """The bound itself."""
        return bounds[self.name] * self.times / 10


class Condition(Protocol):
    """What a rule may ask for."""

    def judge(self, frame: Frame) -> Status:
        """Whether it holds, for each row of the frame at each instant."""

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """What it looked at, for one row at one instant."""

    @property
    def length(self) -> timedelta:
        """The window it looks at; zero for a stock."""


@dataclass(frozen=True, slots=True)
class Share:
    """A count of a count, and under how many it says too little."""

    name: str
    part: str
    whole: str
    least: int = FEW


@dataclass(frozen=True, slots=True)
class Above:
    """A share is surely above a bound: the lower end of its 99.8 % interval is."""

    share: Share
    length: timedelta
    bound: Decimal | Setting

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        part, whole = _counts(frame, self.share, self.length)
        low, _ = wilson(part, whole)
        return _status(low > float(_bound(self.bound, frame)), whole >= self.share.least)

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield _share_input(frame, self.share, self.length, row, index)
        yield _bound_input(frame, self.share.name, _bound(self.bound, frame), index)


@dataclass(frozen=True, slots=True)
class Reaches:
    """A share is at least a bound, taken as it is: for minutes, or beside a longer window."""

    share: Share
    length: timedelta
    bound: Decimal | Setting

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        part, whole = _counts(frame, self.share, self.length)
        bound = float(_bound(self.bound, frame))
        return _status(part >= bound * whole, whole >= max(self.share.least, 1))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield _share_input(frame, self.share, self.length, row, index)
        yield _bound_input(frame, self.share.name, _bound(self.bound, frame), index)


@dataclass(frozen=True, slots=True)
class Rose:
    """A share is surely higher than over the 28 days before, and at least so many times as high.

    Surely: the two 99.8 % intervals do not touch. At least 14 of these days are known.
    """

    share: Share
    length: timedelta
    factor: Decimal

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        part, whole = _counts(frame, self.share, self.length)
        part_before, whole_before, is_known = _before(frame, self.share, self.length)
        low, _ = wilson(part, whole)
        _, high = wilson(part_before, whole_before)
        is_more = part * whole_before >= float(self.factor) * part_before * whole
        enough = (whole >= self.share.least) & (whole_before >= FEW) & is_known
        return _status((low > high) & is_more, enough)

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield _share_input(frame, self.share, self.length, row, index)
        yield _before_input(frame, self.share, self.length, row, index)


@dataclass(frozen=True, slots=True)
class Fell:
    """A share is surely lower than over the 28 days before, at most so many times as high."""

    share: Share
    length: timedelta
    factor: Decimal

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        part, whole = _counts(frame, self.share, self.length)
        part_before, whole_before, is_known = _before(frame, self.share, self.length)
        _, high = wilson(part, whole)
        low, _ = wilson(part_before, whole_before)
        is_less = part * whole_before <= float(self.factor) * part_before * whole
        enough = (whole >= self.share.least) & (whole_before >= FEW) & is_known
        return _status((high < low) & is_less, enough)

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield _share_input(frame, self.share, self.length, row, index)
        yield _before_input(frame, self.share, self.length, row, index)


@dataclass(frozen=True, slots=True)
class Holding:
    """A share is not surely lower than over the 28 days before."""

    share: Share
    length: timedelta

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        fell = Fell(self.share, self.length, Decimal(1)).judge(frame)
        return np.where(fell == UNKNOWN, UNKNOWN, 1 - fell).astype(np.int8)

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield from Fell(self.share, self.length, Decimal(1)).inputs(frame, row, index)


@dataclass(frozen=True, slots=True)
class Apart:
    """A share of one pool is surely higher than that of all other pools together."""

    share: Share
    length: timedelta
    factor: Decimal

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        part, whole = _counts(frame, self.share, self.length)
        others_part, others_whole = _others(part), _others(whole)
        low, _ = wilson(part, whole)
        _, high = wilson(others_part, others_whole)
        is_more = part * others_whole >= float(self.factor) * others_part * whole
        enough = (whole >= self.share.least) & (others_whole >= self.share.least)
        return _status((low > high) & is_more, enough)

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        mine = _share_input(frame, self.share, self.length, row, index)
        part, whole = _counts(frame, self.share, self.length)
        yield mine
        yield Input(
            self.share.name,
            mine.start,
            mine.end,
            "others",
            _count(_others(part)[row, index]),
            _count(_others(whole)[row, index]),
        )


@dataclass(frozen=True, slots=True)
class Alone:
    """A share of one pool is at least a bound, that of all others together under half of it."""

    share: Share
    length: timedelta
    bound: Decimal

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        part, whole = _counts(frame, self.share, self.length)
        others_part, others_whole = _others(part), _others(whole)
        bound = float(self.bound)
        alone = (part >= bound * whole) & (2 * others_part < bound * others_whole)
        return _status(alone, (whole >= self.share.least) & (others_whole >= self.share.least))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield from Apart(self.share, self.length, Decimal(1)).inputs(frame, row, index)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A count in a window is at least so many."""

    count: str
    length: timedelta
    least: int

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))
        return _status(found >= self.least, np.isfinite(found))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))[row, index]
        yield Input(self.count, *_window(frame, self.length, index), part=_count(found))


@dataclass(frozen=True, slots=True)
class Under:
    """A count in a window is less than so many."""

    count: str
    length: timedelta
    most: int

    def judge(self, frame: Frame) -> Status:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))
        return _status(found < self.most, np.isfinite(found))

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
        return _status(busy, np.isfinite(usual) & np.isfinite(found))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        found = frame.total(self.count, slots_of(self.length))
        start, end = _window(frame, self.length, index)
        yield Input(self.count, start, end, part=_count(found[row, index]))
        usual = _decimal(frame.usual(self.count, slots_of(self.length))[row, index])
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
            return _status(found >= float(self.least), known)
        if isinstance(self.under, str):
            most = frame.stock(self.under)
            return _status(found < most, known & np.isfinite(most))
        return _status(found < float(self.under or 0), known)

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


def _status(holds: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Status:
    return np.where(known, holds, UNKNOWN).astype(np.int8)


def _counts(frame: Frame, share: Share, length: timedelta) -> tuple[Floats, Floats]:
    slots = slots_of(length)
    return frame.total(share.part, slots), frame.total(share.whole, slots)


def _before(
    frame: Frame, share: Share, length: timedelta
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """The counts of the 28 days before the window, and whether enough of these days are known."""
    now, both = slots_of(length), slots_of(length + BASELINE)
    parts = [frame.before(name, both, now) for name in (share.part, share.whole)]
    known = np.arange(frame.count) >= frame.known_from + slots_of(length + LEAST_BASELINE)
    return parts[0], parts[1], np.broadcast_to(known, parts[0].shape)


def _others(counts: Floats) -> Floats:
    others: Floats = counts.sum(axis=0) - counts
    return others


def _bound(bound: Decimal | Setting, frame: Frame) -> Decimal:
    return bound.of(frame.bounds) if isinstance(bound, Setting) else bound


def _window(frame: Frame, length: timedelta, index: int) -> tuple[Any, Any]:
    end = frame.instant(index)
    return end - length, end


def _count(value: float) -> int | None:
    return round(value) if np.isfinite(value) else None


def _decimal(value: float) -> Decimal | None:
    return Decimal(float(value)).quantize(_MILLIONTH) if np.isfinite(value) else None


def _share_input(frame: Frame, share: Share, length: timedelta, row: int, index: int) -> Input:
    part, whole = _counts(frame, share, length)
    counts = _count(part[row, index]), _count(whole[row, index])
    return Input(share.name, *_window(frame, length, index), "now", *counts)


def _before_input(frame: Frame, share: Share, length: timedelta, row: int, index: int) -> Input:
    part, whole, _ = _before(frame, share, length)
    start, _ = _window(frame, length, index)
    counts = _count(part[row, index]), _count(whole[row, index])
    known = frame.instant(min(frame.known_from, index))
    return Input(share.name, max(start - BASELINE, known), start, "before", *counts)


def _bound_input(frame: Frame, name: str, bound: Decimal, index: int) -> Input:
    value = bound.quantize(_MILLIONTH)
    return Input(name, None, frame.instant(index), "bound", value=value)


def _stock_input(frame: Frame, stock: str, name: str, role: str, row: int, index: int) -> Input:
    value, end = frame.stock(stock)[row, index], frame.instant(index)
    if stock in WHOLE:
        return Input(name, None, end, role, part=_count(value))
    return Input(name, None, end, role, value=_decimal(value))


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
