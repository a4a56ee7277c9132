"""How often each thing that can be looked into happened, per pool and per window of any length.

Counts come from the stored buckets, as every figure does; what a build lists one by one, the trades
that are reserved, is counted from its list.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import UsageError
from pipelines.utilization import windows_table
from pipelines.windows import Window

RESERVED = "long_reserved_trades"
"""A stock at `as_of`, whatever the period: trades reserved for longer than a bound."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Which columns of the utilization rows add up to a count, and the families they need."""

    columns: tuple[str, ...]
    families: tuple[str, ...]


FLOWS: Mapping[str, Counted] = {
    "unavailable_quotes": Counted(("unavailable_quotes",), ("demand",)),
    "errored_quotes": Counted(("errored_quotes",), ("demand",)),
    "limit_errors": Counted(("limit_errors",), ("demand", "errors")),
    "expired_quotes": Counted(("expired_quotes",), ("acceptance",)),
    "undelivered_trades": Counted(
        ("failed_trades", "released_trades", "returned_trades"), ("execution",)
    ),
    "ledger_exceptions": Counted(("ledger_exceptions",), ("reconciliation",)),
}
"""What happened in a period. No record counts twice in one of them, in one lane."""

DRILLS = (*FLOWS, RESERVED)
_IDENTITY = ["pool_id", "currency", "window_start", "window_end"]
_INSTANT = pa.timestamp("us", tz="UTC")
_SCHEMA = pa.schema(
    [
        ("pool_id", pa.string()),
        ("currency", pa.string()),
        ("window_start", _INSTANT),
        ("window_end", _INSTANT),
        ("events", pa.int64()),
    ]
)


def counts_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    windows: Sequence[Window],
    *,
    as_of: datetime,
    pools: Sequence[str] | None = None,
) -> pa.Table:
    """Return one row per pool, currency and window with `events`, how often `name` happened.

    `name` is one of `FLOWS`; UsageError for another. `events` is null where it is not known, as
    for `windows_table`, whose errors it raises. Times are aware UTC.
    """
    if name not in FLOWS:
        raise UsageError(f"no flow {name!r}; choose one of {', '.join(FLOWS)}")
    counted = FLOWS[name]
    table = windows_table(
        connection,
        windows,
        as_of=as_of,
        pools=pools,
        families=counted.families,
        parts=counted.columns,
    )
    events = table.column(counted.columns[0])
    for column in counted.columns[1:]:
        events = pc.add(events, table.column(column))
    return table.select(_IDENTITY).append_column("events", events).cast(_SCHEMA)


def counted_events(events: pa.Table, windows: Sequence[Window]) -> pa.Table:
    """Return the same for a list of events: those of each lane at an instant inside each window.

    `events` have `pool_id`, `currency` and `event_at`; `windows` do not overlap and are ascending.
    Windows without an event have no row.
    """
    starts = [window.start for window in windows]
    found: Counter[tuple[str, str, int]] = Counter()
    for row in events.select(["pool_id", "currency", "event_at"]).to_pylist():
        number = bisect_right(starts, row["event_at"]) - 1
        if number >= 0 and row["event_at"] < windows[number].end:
            found[row["pool_id"], row["currency"], number] += 1
    rows: list[dict[str, Any]] = [
        {
            "pool_id": pool,
            "currency": currency,
            "window_start": windows[number].start,
            "window_end": windows[number].end,
            "events": count,
        }
        for (pool, currency, number), count in sorted(found.items())
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)
