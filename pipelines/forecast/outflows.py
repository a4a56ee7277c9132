"""The history of balances: what each currency's balance lost to trades, by local hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.forecast.coverage import Dates, known_hours, mean_order, naive, read_seen, spread
from pipelines.forecast.history import History
from pipelines.forecast.local_hours import Floats, LocalHours, quarter_numbers
from pipelines.forecast.queries import answer


@dataclass(frozen=True, eq=False)
class Outflows:
    """One series for each currency, in the order of `currencies`."""

    currencies: tuple[str, ...]
    zones: tuple[str, ...]
    dates: Dates
    history: History

    def cells(self, series: int) -> LocalHours:
        """Return the cells of local time in which the days of a series are kept."""
        return self.dates.of(self.zones[series])


def outflow_history(
    connection: duckdb.DuckDBPyConnection, zones: Mapping[str, str], dates: Dates
) -> Outflows:
    """Return what each currency's balance lost to trades, before `dates.known_until`.

    Debits less refunds as the ledger books them, or as trades tell it where no ledger has arrived.
    `zones` names the zone of each currency's days; it must not be empty.
    """
    currencies = tuple(sorted(zones))
    cells = [dates.of(zones[currency]) for currency in currencies]
    span = {"start": naive(min(one.start for one in cells)), "end": naive(dates.known_until)}
    with connection.cursor() as cursor:
        table = answer(cursor, "outflow", span)
        if not table.num_rows:
            table = answer(cursor, "outflow_of_trades", span)
        seen = read_seen(cursor, span, dates)
    if table.num_rows:
        begins = pc.min(table.column("bucket")).as_py().replace(tzinfo=UTC)
        seen = replace(seen, first_at=max(seen.first_at, begins))
    pairs = list(zip(currencies, cells, strict=True))
    parts = [_series(table, currency, own, dates) for currency, own in pairs]
    history = History(
        dates.first,
        np.stack([flows for flows, _ in parts]),
        np.stack([known_hours(own, dates, seen) for own in cells]),
        np.stack([own.hours for own in cells]),
        np.stack([order for _, order in parts]),
    )
    return Outflows(currencies, tuple(zones[one] for one in currencies), dates, history)


def _series(
    table: pa.Table, currency: str, cells: LocalHours, dates: Dates
) -> tuple[Floats, Floats]:
    """Return the flows D, 24 of one currency, and its mean order D."""
    own = table.filter(pc.equal(table.column("currency"), currency))
    amount = own.column("amount").to_numpy()
    buckets = own.column("bucket").cast(pa.int64()).to_numpy()
    at = cells.cells[quarter_numbers(buckets, cells.start)]
    flows = spread(at, amount, dates)
    entries = spread(at, own.column("entries").to_numpy(), dates)
    return flows, mean_order(flows.sum(axis=1), entries.sum(axis=1))
