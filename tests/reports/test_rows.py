"""Rows that are read column by column hold what the table holds.

Goal: nobody can tell such a row from a dictionary of all its figures. Method: a small table with a
map, an amount and a missing value, of which some rows are kept, out of order.
"""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from reports.rows import rows_of

TABLE = pa.table(
    {
        "pool_id": ["A", "B", "C"],
        "settled_volume": pa.array([Decimal("1.50"), None, Decimal("2.00")], pa.decimal128(38, 8)),
        "unavailable_reasons": pa.array(
            [[], [("pool_dry", 2)], []], pa.map_(pa.string(), pa.int64())
        ),
    }
)


def test_a_row_is_the_dictionary_of_its_figures() -> None:
    whole = TABLE.to_pylist(maps_as_pydicts="strict")
    assert [dict(row) for row in rows_of(TABLE, [2, 1])] == [whole[2], whole[1]]
    assert rows_of(TABLE, [1])[0]["unavailable_reasons"] == {"pool_dry": 2}


def test_a_figure_that_was_not_asked_for_is_no_part_of_the_row() -> None:
    (row,) = rows_of(TABLE, [0])
    assert len(row) == TABLE.num_columns
    assert "accepted_volume" not in row
    with pytest.raises(KeyError):
        row["accepted_volume"]


def test_no_rows_are_no_rows() -> None:
    assert rows_of(TABLE, []) == []
