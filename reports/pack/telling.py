"""One pack's figures in the shapes that its sections and charts want."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.pack.figures import BEFORE, DAYS, PERIOD, Figures
from pipelines.periods import Period
from reports.figures import Answer, Row
from reports.found import Found
from reports.overview import lane_names


@dataclass(frozen=True, eq=False)
class Telling:
    """The figures of one pack, and the answers that existing charts are drawn from."""

    figures: Figures

    @property
    def zone(self) -> str:
        """The program's zone."""
        return self.figures.scope.zone

    @cached_property
    def period(self) -> Period:
        """The window as charts take it."""
        scope = self.figures.scope
        window = replace(scope.window, name=PERIOD)
        return Period("custom", scope.zone, window, scope.as_of, is_open=scope.is_partial)

    @cached_property
    def answer(self) -> Answer:
        """The rows of the period and of its days."""
        scope = self.figures.scope
        return Answer(self.period, self.figures.usage, scope.pools, scope.first_event)

    @cached_property
    def before(self) -> Answer | None:
        """The rows of the span before; None where it is not known whole."""
        if not self.figures.review.before.is_whole:
            return None
        window = replace(self.figures.scope.before, name=BEFORE)
        period = replace(self.period, window=window, is_open=False)
        return Answer(period, self.figures.usage, self.figures.scope.pools)

    @cached_property
    def rows(self) -> list[Row]:
        """The utilization rows of the period, one per lane."""
        return self.answer.totals

    @cached_property
    def names(self) -> dict[tuple[Any, ...], str]:
        """How each lane is called."""
        return lane_names(self.rows)

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the pools."""
        return self.answer.currencies

    def days_of(self, lane: tuple[Any, ...]) -> list[Row]:
        """The rows of one lane, day by day."""
        return [row for row in self.answer.rows(DAYS) if (row["pool_id"], row["currency"]) == lane]

    def usage(self, part: str) -> pa.Table:
        """The utilization rows of one part, as they came."""
        table = self.figures.usage
        return table.filter(pc.equal(table.column("window"), part))

    def kept(self, names: Sequence[str]) -> pa.Table:
        """These columns of the period's rows, with their types."""
        types = {field.name: field.type for field in self.figures.usage.schema}
        schema = pa.schema([(name, types[name]) for name in names])
        return pa.Table.from_pylist([{n: row[n] for n in names} for row in self.rows], schema)

    @cached_property
    def bridge(self) -> Found:
        """The bridge of the period."""
        return Found(self.figures.books.bridge)
