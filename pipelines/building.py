"""Keep the 15-minute buckets: whole touched days are computed again, nothing else.

Late data is therefore no special case, and the cost follows what changed.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipelines.facts import Facts
from pipelines.failpoints import reach
from pipelines.loading import MODEL_OF
from pipelines.settings import Settings
from pipelines.sqlfiles import model_text, models_version, sql_text
from pipelines.whereabouts import sort_places

MODELS_OF: Mapping[str, tuple[str, ...]] = {
    "quotes": ("quote_buckets", "reason_buckets", "quote_paths"),
    "trades": ("trade_paths",),
    "errors": ("error_buckets",),
    "availability": ("availability_buckets",),
    "books": ("ledger_buckets", "balance_marks"),
    "webhooks": ("webhook_buckets", "webhook_paths"),
    "deliveries": ("late_webhooks",),
}
"""The bucket tables of each group of days."""

WHOLE = frozenset({"late_webhooks"})
"""Tables of exact times: no instant falls inside one of their rows, so none is ever split."""

AS_LOADED: Mapping[str, tuple[str, ...]] = {"books": ("balances",)}
"""What is published of a group's days as it was loaded."""

BY_HOUR = tuple(
    table for group in ("quotes", "trades", "errors", "availability") for table in MODELS_OF[group]
)
"""The tables that the figures of windows read: a build holds them by the hour too."""

_PATHS = {
    "quote_paths": ("bucket", "accepted_bucket", "rejected_bucket", "expires_bucket"),
    "trade_paths": ("bucket", "left_bucket", "returned_bucket"),
    "webhook_paths": ("bucket", "delivered_bucket", "repeated_bucket"),
}


def labels_of(table: str) -> tuple[str, ...]:
    """The columns of a bucket table that hold the label of a bucket."""
    return _PATHS.get(table, ("bucket",))


def prepare_models(
    connection: duckdb.DuckDBPyConnection, settings: Settings, *, label: str = "label_plain"
) -> None:
    """Define what the models read besides rows: the label of an event and the settings."""
    connection.execute(model_text("macros"))
    connection.execute(model_text(label))
    limit_codes = {"limit_codes": list(settings.limit_error_codes)}
    connection.execute(sql_text("set_limit_codes.sql"), limit_codes)
    gap = {"gap_seconds": settings.availability_max_gap.total_seconds()}
    connection.execute(sql_text("set_gap.sql"), gap)
    lateness = {"lateness_seconds": settings.webhook_lateness.total_seconds()}
    connection.execute(sql_text("set_lateness.sql"), lateness)
    connection.execute(sql_text("set_cuts.sql"), {"cuts": []})


def refresh_models(facts: Facts) -> None:
    """Compute the buckets of all days that changed since the last time, in one transaction."""
    connection = facts.connection
    sort_places(connection)
    fingerprint = _fingerprint(facts.settings)
    stored = dict(connection.execute(sql_text("meta.sql")).fetchall()).get("models")
    if stored != fingerprint:
        _mark_all(connection)
    if _is_clean(connection) and stored == fingerprint:
        return
    prepare_models(connection, facts.settings)
    connection.execute("begin")
    try:
        for group in changed_groups(connection, queue="dirty_days"):
            _refresh(connection, group, MODELS_OF[group])
        connection.execute(sql_text("clear_dirty.sql"))
        connection.execute(sql_text("drop_meta.sql"), {"name": "models"})
        connection.execute(sql_text("add_meta.sql"), {"name": "models", "value": fingerprint})
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    reach("models_built")


def _refresh(connection: duckdb.DuckDBPyConnection, group: str, tables: tuple[str, ...]) -> None:
    connection.execute(sql_text("scope.sql").format(queue="dirty_days"), {"model": group})
    connection.execute(sql_text(f"scope_{group}.sql"))
    for table in tables:
        compute_rows(connection, table)
        for file in ("remove_days.sql", "add_days.sql"):
            connection.execute(sql_text(file).format(catalog="facts", table=table))
    connection.execute(sql_text("built.sql"), {"model": group})


def changed_groups(connection: duckdb.DuckDBPyConnection, *, queue: str) -> list[str]:
    """Return the keys of `MODELS_OF` that have days in the `queue` of `facts`, in its order."""
    rows = connection.execute(sql_text("queued_groups.sql").format(queue=queue)).fetchall()
    queued = {group for (group,) in rows}
    return [group for group in MODELS_OF if group in queued]


def compute_rows(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Fill `model_rows` with the rows of bucket table `table` for the days in scope."""
    connection.execute(sql_text("model_rows.sql").format(model=model_text(table)))


def _is_clean(connection: duckdb.DuckDBPyConnection) -> bool:
    row = connection.execute(sql_text("count_dirty.sql")).fetchone()
    return row is None or row[0] == 0


def _mark_all(connection: duckdb.DuckDBPyConnection) -> None:
    for kind, model in MODEL_OF.items():
        if kind != "trades":
            statement = sql_text("all_days_dirty.sql").format(kind=kind)
            connection.execute(statement, {"model": model})
    connection.execute(sql_text("all_trade_days_dirty.sql"), {"model": "trades"})
    connection.execute(
        sql_text("all_days_dirty.sql").format(kind="webhooks"), {"model": "webhooks"}
    )
    connection.execute(sql_text("all_left_days_dirty.sql"), {"model": "deliveries"})


def _fingerprint(settings: Settings) -> str:
    """What, besides records, the stored buckets depend on."""
    codes = ",".join(sorted(settings.limit_error_codes))
    gap_seconds = settings.availability_max_gap.total_seconds()
    lateness_seconds = settings.webhook_lateness.total_seconds()
    return f"{models_version()} {gap_seconds} {lateness_seconds} {codes}"
