"""Records as columns: one array per field, cut and joined together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from pipelines.sample.text import Ints, Mask

Rows = TypeVar("Rows", bound="Columns")


@dataclass
class Columns:
    """Base of the column sets: every field is an array of one length."""

    number: Ints  # unique in the lane; every id is made from it

    def __len__(self) -> int:
        return len(self.number)

    def take(self: Rows, rows: Ints | Mask) -> Rows:
        """The chosen rows, in the order asked for."""
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def join(parts: Sequence[Rows]) -> Rows:
    """All rows of `parts`, one after the other."""
    first = parts[0]
    return type(first)(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(first)}
    )
