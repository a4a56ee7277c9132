"""What the books say of a pack's period, of its pools and their currencies alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.books.ageing import reserved_ageing_table
from pipelines.books.balances import (
    balance_history_table,
    balance_limits_table,
    pay_ins_table,
    standing_balances_table,
)
from pipelines.books.bridge import bridge_table
from pipelines.books.exceptions import exceptions_table
from pipelines.books.webhooks import missing_webhooks_table, webhook_health_table
from pipelines.metrics.marks import UnalignedInstantError
from pipelines.pack.scope import Scope
from pipelines.settings import Settings
from pipelines.windows import calendar_windows


@dataclass(frozen=True)
class Books:
    """What the books say of the period. Tables are those of `pipelines.books`, by their names."""

    at: datetime
    """The instant of `balances` and `reserved`: the window's end."""

    balances: pa.Table
    history: pa.Table
    limits: pa.Table
    pay_ins: pa.Table
    bridge: pa.Table
    bridge_days: pa.Table
    reserved: pa.Table | None
    """None where the instant or one an age bucket before it lies inside a stored bucket."""

    exceptions: pa.Table
    """Those open or pending as of the pack's instant, and those that arose in the window."""

    missing_webhooks: pa.Table | None
    """Trades of the pools that ended in the window and of whose end no webhook tells; None where
    none has arrived. Deliveries themselves name no pool, so they are of no one program."""


def read_books(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    scope: Scope,
    currencies: Sequence[str],
) -> Books:
    """Return the books of the window: of the pools, and of these currencies where without one."""
    window, max_age = scope.window, settings.balance_max_age
    days = calendar_windows("day", window.start, window.end, scope.zone)
    history = balance_history_table(connection, window, as_of=scope.as_of, balance_max_age=max_age)
    tables = {
        "balances": standing_balances_table(connection, as_of=window.end, balance_max_age=max_age),
        "history": history,
        "limits": balance_limits_table(connection, window, as_of=scope.as_of),
        "pay_ins": pay_ins_table(connection, window, as_of=scope.as_of),
        "bridge": bridge_table(connection, [window], as_of=scope.as_of),
        "bridge_days": bridge_table(connection, days, as_of=scope.as_of),
    }
    kept = {name: _of(table, "currency", currencies) for name, table in tables.items()}
    return Books(
        at=window.end,
        **kept,
        reserved=_reserved(connection, scope),
        exceptions=_exceptions(connection, scope, currencies),
        missing_webhooks=_missing_webhooks(settings, connection, scope),
    )


def _of(table: pa.Table, column: str, values: Sequence[str]) -> pa.Table:
    kept = pa.array(list(values), pa.string())
    return table.filter(pc.is_in(table.column(column), value_set=kept))


def _reserved(connection: duckdb.DuckDBPyConnection, scope: Scope) -> pa.Table | None:
    try:
        table = reserved_ageing_table(connection, as_of=scope.window.end)
    except UnalignedInstantError:
        return None
    return _of(table, "pool_id", scope.pools)


def _exceptions(
    connection: duckdb.DuckDBPyConnection, scope: Scope, currencies: Sequence[str]
) -> pa.Table:
    """The exceptions of the pools, and of their currencies where they have no pool."""
    table = exceptions_table(connection, as_of=scope.as_of, history=False)
    pool, currency = table.column("pool_id"), table.column("currency")
    mine = pc.or_(
        pc.is_in(pool, value_set=pa.array(list(scope.pools), pa.string())),
        pc.and_(
            pc.is_null(pool),
            pc.or_(
                pc.is_null(currency),
                pc.is_in(currency, value_set=pa.array(list(currencies), pa.string())),
            ),
        ),
    )
    start, end = (
        pa.scalar(at, pa.timestamp("us", tz="UTC")) for at in (scope.window.start, scope.window.end)
    )
    at = table.column("event_at")
    arose = pc.and_(pc.greater_equal(at, start), pc.less(at, end))
    lasting = pc.not_equal(table.column("state"), "resolved")
    kept = table.filter(pc.and_(mine, pc.or_(arose, lasting)))
    # When this home first saw it says when it was loaded, not what is wrong.
    return kept.drop_columns(["first_seen_at", "resolved_at"])


def _missing_webhooks(
    settings: Settings, connection: duckdb.DuckDBPyConnection, scope: Scope
) -> pa.Table | None:
    window, lateness = scope.window, settings.webhook_lateness
    health = webhook_health_table(connection, [window], as_of=scope.as_of, lateness=lateness)
    if health.num_rows == health.column("missing_events").null_count:
        return None
    table = missing_webhooks_table(
        connection, as_of=scope.as_of, lateness=lateness, start=window.start, end=window.end
    )
    return _of(table, "pool_id", scope.pools)
