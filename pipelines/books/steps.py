"""Where the ledger stops explaining the balance, and where it explains it again.

The difference between a currency's balance and its running ledger should never change: before the
first snapshot it is the opening balance, which the ledger does not tell, and from then on every
movement is in both. A change is a step, and stays open until the difference is back at a level
that stood before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

import duckdb
import pyarrow as pa

from pipelines.books.queries import query

_Move = tuple[str, datetime, datetime | None, Decimal]
_TIME = pa.timestamp("us")
_SCHEMA = pa.schema(
    [
        ("currency", pa.string()),
        ("observed_at", _TIME),
        ("previous_observed_at", _TIME),
        ("amount", pa.decimal128(38, 8)),
        ("closes_at", _TIME),
    ]
)


@dataclass(slots=True)
class _Step:
    currency: str
    observed_at: datetime
    previous_observed_at: datetime | None
    amount: Decimal
    closes_at: datetime | None = None


def balance_steps(connection: duckdb.DuckDBPyConnection, *, catalog: str = "main") -> pa.Table:
    """Return each step by currency and time, from the books of `catalog` (`facts` or `main`).

    `amount` is signed, DECIMAL(38, 8): what the balance holds more than the ledger explains since
    `previous_observed_at`. Times are naive UTC; `closes_at` is null while a step is open. A
    snapshot that closes a step closes the open ones after it too, and is no step itself. Runs on
    `connection` itself, so that it sees what its transaction wrote.
    """
    moves = connection.execute(query("balance_moves").format(catalog=catalog)).fetchall()
    steps = [
        step for _, group in groupby(moves, key=itemgetter(0)) for step in _steps_of_currency(group)
    ]
    columns = [[getattr(step, name) for step in steps] for name in _SCHEMA.names]
    return pa.table(dict(zip(_SCHEMA.names, columns, strict=True)), schema=_SCHEMA)


def _steps_of_currency(moves: Iterable[_Move]) -> list[_Step]:
    """Return the steps of one currency's moves, the first of which is the anchor.

    `levels` are those still to be returned to, the anchor's first; each after it was reached by
    the open step of the same place.
    """
    levels: list[Decimal] = []
    places: dict[Decimal, int] = {}
    steps: list[_Step] = []
    is_open: list[_Step] = []
    for currency, observed_at, previous_observed_at, level in moves:
        if level in places:
            place = places[level]
            for step in is_open[place:]:
                step.closes_at = observed_at
            for left in levels[place + 1 :]:
                del places[left]
            del is_open[place:], levels[place + 1 :]
            continue
        if levels:
            is_open.append(_Step(currency, observed_at, previous_observed_at, level - levels[-1]))
            steps.append(is_open[-1])
        places[level] = len(levels)
        levels.append(level)
    return steps
