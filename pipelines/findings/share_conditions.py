"""Conditions on shares: against a bound, the 28 days before, or the other pools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from pipelines.findings.condition import (
    FEW,
    MILLIONTH,
    UNKNOWN,
    Setting,
    Share,
    Status,
    count_of,
    status_of,
    window_of,
)
from pipelines.findings.frames import Frame
from pipelines.findings.grid import Floats, slots_of
from pipelines.findings.inputs import Input
from pipelines.findings.intervals import wilson

BASELINE = timedelta(days=28)
LEAST_BASELINE = timedelta(days=14)


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
        return status_of(low > float(_bound(self.bound, frame)), whole >= self.share.least)

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
        return status_of(part >= bound * whole, whole >= max(self.share.least, 1))

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
        return status_of((low > high) & is_more, enough)

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
        return status_of((high < low) & is_less, enough)

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
        return status_of((low > high) & is_more, enough)

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
            count_of(_others(part)[row, index]),
            count_of(_others(whole)[row, index]),
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
        return status_of(alone, (whole >= self.share.least) & (others_whole >= self.share.least))

    def inputs(self, frame: Frame, row: int, index: int) -> Iterator[Input]:
        """See the protocol."""
        yield from Apart(self.share, self.length, Decimal(1)).inputs(frame, row, index)


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


def _share_input(frame: Frame, share: Share, length: timedelta, row: int, index: int) -> Input:
    part, whole = _counts(frame, share, length)
    counts = count_of(part[row, index]), count_of(whole[row, index])
    return Input(share.name, *window_of(frame, length, index), "now", *counts)


def _before_input(frame: Frame, share: Share, length: timedelta, row: int, index: int) -> Input:
    part, whole, _ = _before(frame, share, length)
    start, _ = window_of(frame, length, index)
    counts = count_of(part[row, index]), count_of(whole[row, index])
    known = frame.instant(min(frame.known_from, index))
    return Input(share.name, max(start - BASELINE, known), start, "before", *counts)


def _bound_input(frame: Frame, name: str, bound: Decimal, index: int) -> Input:
    value = bound.quantize(MILLIONTH)
    return Input(name, None, frame.instant(index), "bound", value=value)
