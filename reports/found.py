"""The answer to one question of a page, and where instants lie on a chart's axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.periods import axis_times

Row = dict[str, Any]
INSTANT = pa.timestamp("ms")
"""How charts take times: the viewer's own clock, without a zone."""


@dataclass(frozen=True, eq=False)
class Found:
    """One table of the core, shared by all who ask the same; compared by identity."""

    table: pa.Table

    @cached_property
    def rows(self) -> list[Row]:
        """The rows as dictionaries, read once."""
        rows: list[Row] = self.table.to_pylist()
        return rows

    def of(self, currencies: Iterable[str | None] | None) -> list[Row]:
        """The rows of these currencies; all of them for None."""
        if currencies is None:
            return self.rows
        kept = set(currencies)
        return [row for row in self.rows if row["currency"] in kept]

    def kept(self, column: str, values: Iterable[str | None] | None) -> pa.Table:
        """The table with the rows whose `column` is one of `values`; all of them for None."""
        if values is None:
            return self.table
        among = pa.array(list(values), pa.string())
        return self.table.filter(pc.is_in(self.table.column(column), value_set=among))


def on_axis(instants: Iterable[datetime], zone: str) -> dict[datetime, datetime]:
    """Where each instant lies on the time axis of one chart."""
    known = sorted(set(instants))
    return dict(zip(known, axis_times(known, zone), strict=True))
