"""Rows of a wide table, of which few columns are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa


def rows_of(table: pa.Table, places: Sequence[int]) -> list[Mapping[str, Any]]:
    """Return the rows at `places`; a column becomes Python values when one of them is asked for it.

    A page reads a sixth of the figures of an answer, and turning all of them into values would
    cost more than asking for them.
    """
    columns = _Columns(table, places)
    return [_Row(columns, place) for place in range(len(places))]


class _Columns:
    """The columns of the rows kept, as far as they have been read."""

    def __init__(self, table: pa.Table, places: Sequence[int]) -> None:
        self.table = table
        self._places = pa.array(places, pa.int64())
        self._read: dict[str, list[Any]] = {}

    def read(self, name: str) -> list[Any]:
        if name not in self._read:
            kept = self.table.column(name).take(self._places)
            self._read[name] = kept.to_pylist(maps_as_pydicts="strict")
        return self._read[name]


class _Row(Mapping[str, Any]):
    __slots__ = ("_columns", "_place")

    def __init__(self, columns: _Columns, place: int) -> None:
        self._columns = columns
        self._place = place

    def __getitem__(self, name: str) -> Any:
        return self._columns.read(name)[self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.table.column_names)

    def __len__(self) -> int:
        return int(self._columns.table.num_columns)
