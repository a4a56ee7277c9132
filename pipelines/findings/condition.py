"""What a condition is, and what all kinds of it share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipelines.findings.frames import Frame
from pipelines.findings.inputs import Input

Status = npt.NDArray[np.int8]
HOLDS, NOT, UNKNOWN = 1, 0, -1

FEW = 30
MILLIONTH = Decimal("0.000001")


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


def status_of(holds: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Status:
    """Whether it holds, where that is known."""
    return np.where(known, holds, UNKNOWN).astype(np.int8)


def window_of(frame: Frame, length: timedelta, index: int) -> tuple[datetime, datetime]:
    """The window of a length that ends at an index."""
    end = frame.instant(index)
    return end - length, end


def count_of(value: float) -> int | None:
    """A count as it is shown; None where it is not known."""
    return round(value) if np.isfinite(value) else None


def decimal_of(value: float) -> Decimal | None:
    """An amount or a ratio as it is shown, 6 places; None where it is not known."""
    return Decimal(float(value)).quantize(MILLIONTH) if np.isfinite(value) else None
