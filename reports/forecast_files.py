"""Forecasts as tables with typed columns, for those who take them away."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

import pyarrow as pa

MONEY = pa.decimal128(38, 8)
SHARE = pa.decimal128(9, 6)
INSTANT_UTC = pa.timestamp("us", "UTC")


def as_rows(found: Sequence[object], schema: pa.Schema) -> pa.Table:
    """One row for each of `found`: the attributes that the columns of `schema` are called after.

    A column such as `last_top_up.amount` is an attribute of an attribute, null where that is None.
    """
    rows = [{name: _value(one, name) for name in schema.names} for one in found]
    return pa.Table.from_pylist(rows, schema)


def _value(one: object, name: str) -> object:
    head, _, rest = name.partition(".")
    value = getattr(one, head)
    return value if not rest or value is None else attrgetter(rest)(value)
